package dev.firn.compaction;

import dev.firn.CompactionShape;
import dev.firn.KeyspaceOptions;
import dev.firn.compaction.CompactionChoice.Drop;
import dev.firn.compaction.CompactionChoice.Idle;
import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.CompactionChoice.Move;
import dev.firn.key.Trailer;
import dev.firn.key.UserKey;
import dev.firn.manifest.Level;
import dev.firn.manifest.Run;
import dev.firn.manifest.TableChange;
import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.Version;
import dev.firn.testkit.Command;
import dev.firn.testkit.TextDriven;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Scripts about choices. A version is written level by level, newest run first:
///
/// ```
/// L0: r9 [a-f 64M]
/// L6: r1 [a-c 64M] [d-f 64M t=60% seq=1-20 low=e]
/// ```
///
/// A table has its first and last key, its size, the share of tombstones, its sequences, its trims.
final class ChoiceScript implements TextDriven.Handler {
    private static final Pattern TABLE = Pattern.compile("\\[(\\S+?)-(\\S+) (\\d+)M([^]]*)]");

    private Version version = Version.EMPTY;
    private long nextFile = 1;
    private CompactionChoice last = new Idle("");
    private final List<CompactionChoice> running = new ArrayList<>();

    @Override
    public String run(Command command) {
        return switch (command.name()) {
            case "version" -> define(command);
            case "choose" -> {
                last = choose(command);
                yield show(last);
            }
            case "start" -> {
                running.add(last);
                yield "";
            }
            case "finish" -> {
                running.clear();
                yield "";
            }
            case "apply" -> {
                apply();
                yield show(version);
            }
            case "run" -> runOn(command);
            case "debt" -> debt(command);
            case "flush" -> {
                version = version
                        .apply(List.of(new TableAdded(1, 0, nextFile, table(command.word(0)))));
                yield show(version);
            }
            default -> throw command.unknown();
        };
    }

    private String define(Command command) {
        version = Version.EMPTY;
        running.clear();
        nextFile = 1;
        var changes = new ArrayList<TableChange>();
        for (String line : command.input()) {
            int level = Integer.parseInt(line.substring(1, line.indexOf(':')));
            Matcher run = Pattern.compile("r(\\d+)").matcher(line);
            if (!run.find()) {
                throw new IllegalArgumentException("no run in " + line);
            }
            Matcher tables = TABLE.matcher(line);
            while (tables.find()) {
                changes.add(
                        new TableAdded(1, level, Long.parseLong(run.group(1)),
                                table(tables.group())));
            }
        }
        version = version.apply(changes);
        nextFile = Math.max(nextFile, 100);
        return show(version);
    }

    private TableMeta table(String text) {
        Matcher m = TABLE.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("no table: " + text);
        }
        long bytes = Long.parseLong(m.group(3)) << 20;
        long tombstones = 0;
        long[] sequences = {1, 1000};
        UserKey low = null;
        UserKey up = null;
        for (String extra : m.group(4).trim().split(" ")) {
            String value = extra.substring(extra.indexOf('=') + 1);
            if (extra.startsWith("t=")) {
                tombstones = Long.parseLong(value.replace("%", "")) * 10;
            } else if (extra.startsWith("seq=")) {
                sequences[0] = Long.parseLong(value.split("-")[0]);
                sequences[1] = Long.parseLong(value.split("-")[1]);
            } else if (extra.startsWith("low=")) {
                low = key(value);
            } else if (extra.startsWith("up=")) {
                up = key(value);
            }
        }
        return meta(key(m.group(1)), key(m.group(2)), bytes, tombstones, sequences, low, up);
    }

    private TableMeta meta(
            UserKey smallest,
            UserKey largest,
            long bytes,
            long tombstones,
            long[] sequences,
            @Nullable UserKey low,
            @Nullable UserKey up) {
        long file = nextFile++;
        return new TableMeta(
                file, file, bytes, bytes, 1000, tombstones, smallest, largest, low, up,
                sequences[0], sequences[1], 0, 0);
    }

    private static UserKey key(String text) {
        return UserKey.owning(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String text(@Nullable UserKey key) {
        if (key == null) {
            return "*";
        }
        return new String(key.bytes(), StandardCharsets.ISO_8859_1).replace("\0", "\\0");
    }

    private static CompactionPolicy policy(Command command) {
        String shape = command.get("shape", "hybrid").toUpperCase(Locale.ROOT);
        return CompactionPolicy.of(
                KeyspaceOptions.defaults().withShape(CompactionShape.valueOf(shape)));
    }

    private static Load load(Command command) {
        return Load.busy(64L << 20)
                .withSettling(command.has("settling"))
                .withReading(!command.has("unread"))
                .withShadowed(Double.parseDouble(command.get("shadowed", "-1")))
                .withUnflushedBytes(command.number("unflushed", 0))
                .withOldestSnapshot(command.number("snapshot", Trailer.SEQUENCE_MAX));
    }

    private CompactionChoice choose(Command command) {
        Busy busy = Busy.with(running);
        if (command.has("requested")) {
            String from = command.get("from", "");
            String to = command.get("to", "");
            return RequestedCompaction.choose(
                    version,
                    from.isEmpty() ? null : key(from),
                    to.isEmpty() ? null : key(to),
                    command.number("upto", Trailer.SEQUENCE_MAX),
                    64L << 20,
                    load(command),
                    busy);
        }
        return policy(command).choose(version, load(command), busy);
    }

    /// Chooses and applies until there is nothing to do.
    private String runOn(Command command) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            last = choose(command);
            out.append(show(last));
            if (last instanceof Idle) {
                return out.append(show(version)).toString();
            }
            apply();
        }
        throw new IllegalStateException("no end: " + out);
    }

    /// Carries the last choice out: a merge makes tables that hold what its inputs show.
    private void apply() {
        if (!Installation.isStillValid(last, version)) {
            throw new IllegalStateException("the inputs are gone");
        }
        var outputs = new ArrayList<TableMeta>();
        if (last instanceof Merge m) {
            KeySpans.Span hull = null;
            long bytes = 0;
            for (Input input : m.inputs()) {
                for (TableMeta table : input.tables()) {
                    KeySpans.Span span = KeySpans.Span.of(table).within(m.from(), m.to());
                    hull = hull == null ? span : hull.union(span);
                    bytes += Sizes.rawBytes(table, m.from(), m.to());
                }
            }
            UserKey end = hull.end();
            if (hull.isEndExclusive()) {
                byte[] before = end.bytes().clone();
                before[before.length - 1]--;
                end = UserKey.owning(before);
                end = end.compareTo(hull.first()) < 0 ? hull.first() : end;
            }
            outputs.add(meta(hull.first(), end, bytes, 0, new long[]{0, 0}, null, null));
        }
        version = version.apply(Installation.changes(last, 1, outputs));
    }

    private String debt(Command command) {
        Debt debt = policy(command).debt(version, load(command));
        return String.format(
                Locale.ROOT,
                "delay %.2f, room %.0f M, relief %d M, %s another flush, %d runs, %d M pending: %s",
                debt.delay(),
                debt.roomBytes() / (1 << 20),
                debt.reliefBytes() >> 20,
                debt.admitsFlush() ? "admits" : "refuses",
                debt.runs(),
                debt.pendingBytes() >> 20,
                debt.reason());
    }

    private static String show(CompactionChoice choice) {
        StringBuilder out = new StringBuilder();
        switch (choice) {
            case Idle idle -> out.append("idle");
            case Move m -> out.append("move to L").append(m.level()).append(" r").append(m.run());
            case Drop d -> out.append("drop");
            case Merge m -> {
                out.append("merge to L").append(m.level()).append(" r").append(m.run());
                out.append(m.from() == null && m.to() == null
                        ? ""
                        : " slice " + text(m.from()) + ".." + text(m.to()));
                out.append(m.isBottom() ? " bottom" : "").append(m.lasting() ? " lasting" : "");
                out.append(" ").append(m.purpose().name().toLowerCase(Locale.ROOT));
            }
        }
        out.append(": ").append(choice.reason()).append('\n');
        for (Input input : choice.inputs()) {
            out.append("  L").append(input.level()).append(" r").append(input.run());
            input.tables().forEach(table -> out.append(' ').append(show(table)));
            out.append('\n');
        }
        return out.toString();
    }

    private static String show(TableMeta table) {
        return "["
                + text(table.first())
                + "-"
                + text(table.end())
                + (table.isEndExclusive() ? ")" : "")
                + " "
                + (table.fileBytes() >> 20)
                + "M"
                + (table.tombstones() > 0 ? " t=" + table.tombstones() / 10 + "%" : "")
                + "]";
    }

    private static String show(Version version) {
        StringBuilder out = new StringBuilder();
        for (int number = 0; number < version.levels().size(); number++) {
            Level level = version.level(number);
            for (Run run : level.runs()) {
                out.append("L").append(number).append(": r").append(run.id());
                run.tables().forEach(table -> out.append(' ').append(show(table)));
                out.append('\n');
            }
        }
        return out.isEmpty() ? "empty" : out.toString();
    }
}
