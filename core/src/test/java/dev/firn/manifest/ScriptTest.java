package dev.firn.manifest;

import dev.firn.storage.SimulatedStorage;
import dev.firn.testkit.Command;
import dev.firn.testkit.TextDriven;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Versions and states as scripts tell: src/test/resources/dev/firn/manifest.
class ScriptTest {
    @TestFactory
    Stream<DynamicTest> versions() {
        return TextDriven.scripts(getClass(), "version-*.txt", VersionScript::new);
    }

    @TestFactory
    Stream<DynamicTest> states() {
        return TextDriven.scripts(getClass(), "state-*.txt", StateScript::new);
    }

    @TestFactory
    Stream<DynamicTest> stores() {
        return TextDriven.scripts(getClass(), "store-*.txt", StoreScript::new);
    }

    /// A tree of a keyspace whose changes leave `ks0` out.
    private static final class VersionScript implements TextDriven.Handler {
        private Version version = Version.EMPTY;

        @Override
        public String run(Command command) {
            return switch (command.name()) {
                case "new" -> {
                    version = Version.EMPTY;
                    yield apply(command.input());
                }
                case "apply" -> apply(command.input());
                case "find" ->
                        command.words().stream().map(this::find).collect(Collectors.joining("\n"));
                case "overlaps" -> overlaps(command.get("from", ""), command.get("to", ""));
                case "totals" -> version.totals().toString();
                default -> throw command.unknown();
            };
        }

        private String apply(List<String> lines) {
            version =
                    version.apply(
                            lines.stream()
                                    .map(line -> line.replaceFirst("^(\\w+) ", "$1 ks0 "))
                                    .map(line -> (TableChange) ManifestText.change(line))
                                    .toList());
            return ManifestText.text(version);
        }

        private String find(String text) {
            byte[] key = ("<" + text + ">").getBytes(StandardCharsets.ISO_8859_1);
            var found = new StringBuilder(text).append(":");
            for (int i = 0; i < version.runCount(); i++) {
                TableMeta table = version.run(i).tableFor(key, 1, key.length - 2);
                found.append(" ").append(table == null ? "-" : "" + table.file());
            }
            return found.toString();
        }

        private String overlaps(String from, String to) {
            var found = new StringBuilder();
            version.forEachTable(
                    table -> {
                        boolean overlaps =
                                table.overlaps(
                                        from.isEmpty() ? null : ManifestText.key(from),
                                        to.isEmpty() ? null : ManifestText.key(to));
                        found.append(overlaps ? table.file() + " " : "");
                    });
            return found.toString();
        }
    }

    private static final class StateScript implements TextDriven.Handler {
        private final StoreState state = new StoreState();

        @Override
        public String run(Command command) {
            return switch (command.name()) {
                case "apply" -> {
                    state.apply(ManifestText.edit(command.input()));
                    yield "";
                }
                case "show" -> ManifestText.text(state);
                default -> throw command.unknown();
            };
        }
    }

    /// A manifest in a directory.
    static final class StoreScript implements TextDriven.Handler {
        private final SimulatedStorage storage = new SimulatedStorage();
        private @Nullable Manifest manifest;

        @Override
        public String run(Command command) throws IOException {
            return switch (command.name()) {
                case "presence" -> Presence.of(storage).toString();
                case "directory" -> {
                    storage.create();
                    yield "";
                }
                case "file" -> {
                    try (var file = storage.create(command.word(0))) {
                        yield "";
                    }
                }
                case "write" -> {
                    if (storage.exists(command.word(0))) {
                        storage.delete(command.word(0));
                    }
                    String text = String.join("\n", command.input());
                    if (command.has("checked")) {
                        var crc = new CRC32C();
                        crc.update(text.getBytes(StandardCharsets.UTF_8));
                        text += " crc32c %08x".formatted(crc.getValue());
                    }
                    byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
                    try (var file = storage.create(command.word(0))) {
                        file.write(0, MemorySegment.ofArray(bytes), 0, bytes.length);
                    }
                    yield "";
                }
                case "delete" -> {
                    storage.delete(command.word(0));
                    yield "";
                }
                case "create" -> {
                    manifest = Manifest.create(storage, command.number("id"));
                    yield manifest.name();
                }
                case "open" -> {
                    manifest = Manifest.open(storage);
                    yield manifest.name() + (command.has("quiet") ? "" : "\n" + show());
                }
                case "read" -> ManifestText.text(Manifest.read(storage));
                case "close" -> {
                    manifest.close();
                    yield "";
                }
                case "append" -> {
                    manifest.append(ManifestText.edit(command.input()));
                    yield manifest.name();
                }
                case "number" -> "" + manifest.newFileNumber();
                case "replaced" -> String.join(" ", manifest.takeReplaced());
                case "rotate-above" -> {
                    manifest.replaceAbove(command.number("bytes"), 0);
                    yield "";
                }
                case "list" -> String.join(" ", names());
                case "live" -> String.join(" ", manifest.liveFiles().stream().sorted().toList());
                case "orphans" -> String.join(" ", manifest.orphans(names()));
                case "show" -> show();
                case "dump" -> ManifestDump.of(bytes(command.word(0)));
                case "print" -> new String(bytes(command.word(0)), StandardCharsets.UTF_8);
                default -> throw command.unknown();
            };
        }

        private String show() {
            return ManifestText.text(manifest.state());
        }

        private List<String> names() throws IOException {
            return storage.list().stream().map(info -> info.name()).sorted().toList();
        }

        private byte[] bytes(String name) throws IOException {
            try (var file = storage.open(name)) {
                byte[] bytes = new byte[(int) file.bytes()];
                file.copy(0, MemorySegment.ofArray(bytes), 0, bytes.length);
                return bytes;
            }
        }
    }
}
