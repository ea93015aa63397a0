package dev.firn.manifest;

import dev.firn.CompactionShape;
import dev.firn.Compression;
import dev.firn.KeyspaceOptions;
import dev.firn.key.UserKey;
import dev.firn.manifest.Change.Flushed;
import dev.firn.manifest.Change.KeyspaceCreated;
import dev.firn.manifest.Change.KeyspaceDropped;
import dev.firn.manifest.Change.LastSequence;
import dev.firn.manifest.Change.LogRotated;
import dev.firn.manifest.Change.LogsFrom;
import dev.firn.manifest.Change.NextFile;
import dev.firn.manifest.Change.NextKeyspace;
import dev.firn.manifest.Change.SnapshotEnded;
import dev.firn.manifest.Change.StoreCreated;
import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableChange.TableRemoved;
import dev.firn.manifest.TableChange.TableTrimmed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Changes and trees as lines of text, for scripts and for comparing.
///
/// A table is `7:a..f`, with bounds `7:a..f[b..e)`; a side without a bound is left empty. A change
/// is one line:
///
/// ```
/// add ks1 L0 r7 7:a..f bytes=100 raw=200 entries=10 tombstones=1 seq=3..9
/// remove ks1 L0 r7 7
/// trim ks1 L0 r7 7 b..
/// keyspace 1 users shape=hybrid codec=lz4 block=4096 filter=10 table=64M
/// drop 1 | flushed 1 99 | log 5 4096 | logs-from 6 | next-file 8 | sequence 99 | next-keyspace 2
/// ```
public final class ManifestText {
    private static final Pattern TABLE =
            Pattern.compile("(\\d+):([^.]*)\\.\\.([^\\[]*)(?:\\[([^.]*)\\.\\.(.*)\\))?");

    private ManifestText() {}

    /// The change that a line says.
    public static Change change(String line) {
        List<String> all = List.of(line.trim().split(" +"));
        List<String> words = all.stream().filter(word -> !word.contains("=")).toList();
        Map<String, String> named = new TreeMap<>();
        for (String word : all) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                named.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return switch (words.getFirst()) {
            case "store" ->
                    new StoreCreated(Long.parseUnsignedLong(words.get(1), 16),
                            (int) number(words, 2));
            case "snapshot-ended" -> new SnapshotEnded();
            case "add" ->
                    new TableAdded(
                            keyspace(words), level(words), run(words), table(words.get(4), named));
            case "remove" ->
                    new TableRemoved(keyspace(words), level(words), run(words), number(words, 4));
            case "trim" -> {
                String[] bounds = words.get(5).split("\\.\\.", -1);
                yield new TableTrimmed(
                        keyspace(words),
                        level(words),
                        run(words),
                        number(words, 4),
                        bound(bounds[0]),
                        bound(bounds[1]));
            }
            case "keyspace" ->
                    new KeyspaceCreated((int) number(words, 1), words.get(2), options(named));
            case "drop" -> new KeyspaceDropped((int) number(words, 1));
            case "next-keyspace" -> new NextKeyspace((int) number(words, 1));
            case "flushed" -> new Flushed((int) number(words, 1), number(words, 2));
            case "log" -> new LogRotated(number(words, 1), number(words, 2));
            case "logs-from" -> new LogsFrom(number(words, 1));
            case "next-file" -> new NextFile(number(words, 1));
            case "sequence" -> new LastSequence(number(words, 1));
            default -> throw new AssertionError("no change: " + line);
        };
    }

    /// The edit of some lines.
    public static VersionEdit edit(List<String> lines) {
        return new VersionEdit(lines.stream().map(ManifestText::change).toList());
    }

    /// A table as it stands in an `add` line: `7:a..f`, entries 10, sequence 1 unless told.
    public static TableMeta table(String text, Map<String, String> named) {
        Matcher m = TABLE.matcher(text);
        if (!m.matches()) {
            throw new AssertionError("no table: " + text);
        }
        long file = Long.parseLong(m.group(1));
        String[] sequences = named.getOrDefault("seq", "1..1").split("\\.\\.");
        return new TableMeta(
                file,
                Long.parseUnsignedLong(named.getOrDefault("id", Long.toHexString(file * 0x1111)),
                        16),
                Long.parseLong(named.getOrDefault("bytes", "100")),
                Long.parseLong(named.getOrDefault("raw", "200")),
                Long.parseLong(named.getOrDefault("entries", "10")),
                Long.parseLong(named.getOrDefault("tombstones", "0")),
                key(m.group(2)),
                key(m.group(3)),
                m.group(4) == null ? null : bound(m.group(4)),
                m.group(5) == null ? null : bound(m.group(5)),
                Long.parseLong(sequences[0]),
                Long.parseLong(sequences[1]),
                Long.parseLong(named.getOrDefault("created", "0")),
                Integer.parseInt(named.getOrDefault("codec", "1")));
    }

    /// A key of the characters, one byte each.
    public static UserKey key(String text) {
        return UserKey.owning(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// The line of a change.
    public static String text(Change change) {
        return switch (change) {
            case StoreCreated c -> "store %016x %d".formatted(c.storeId(), c.formatVersion());
            case SnapshotEnded c -> "snapshot-ended";
            case TableAdded c -> "add " + place(c) + " " + text(c.table()) + details(c.table());
            case TableRemoved c -> "remove " + place(c) + " " + c.file();
            case TableTrimmed c ->
                    "trim " + place(c) + " " + c.file() + " " + text(c.lower()) + ".."
                            + text(c.upper());
            case KeyspaceCreated c -> "keyspace " + c.id() + " " + c.name() + text(c.options());
            case KeyspaceDropped c -> "drop " + c.id();
            case NextKeyspace c -> "next-keyspace " + c.id();
            case Flushed c -> "flushed " + c.keyspace() + " " + c.sequence();
            case LogRotated c -> "log " + c.number() + " " + c.finalSize();
            case LogsFrom c -> "logs-from " + c.number();
            case NextFile c -> "next-file " + c.number();
            case LastSequence c -> "sequence " + c.sequence();
        };
    }

    /// The state as the lines of its changes.
    public static String text(StoreState state) {
        return state.changes().stream().map(ManifestText::text).collect(Collectors.joining("\n"));
    }

    /// The tree, a line for each run in the order of reads.
    public static String text(Version version) {
        var text = new StringBuilder();
        int number = 0;
        for (Level level : version.levels()) {
            for (Run run : level.runs()) {
                text.append("L").append(number).append(" r").append(run.id()).append(":");
                run.tables().forEach(table -> text.append(" ").append(text(table)));
                text.append("\n");
            }
            number++;
        }
        return text.toString();
    }

    /// The table's number, keys and bounds.
    public static String text(TableMeta table) {
        String keys = table.file() + ":" + text(table.smallest()) + ".." + text(table.largest());
        return table.isTrimmed()
                ? keys + "[" + text(table.lower()) + ".." + text(table.upper()) + ")"
                : keys;
    }

    private static String details(TableMeta t) {
        return " id=" + Long.toHexString(t.tableId()) + " bytes=" + t.fileBytes() + " raw="
                + t.rawBytes() + " entries=" + t.entries() + " tombstones=" + t.tombstones()
                + " seq=" + t.smallestSequence() + ".." + t.largestSequence() + " created="
                + t.createdMillis() + " codec=" + t.codec();
    }

    private static String text(@Nullable UserKey key) {
        return key == null ? "" : new String(key.bytes(), StandardCharsets.ISO_8859_1);
    }

    private static String text(KeyspaceOptions o) {
        return " shape=%s codec=%s block=%d filter=%d table=%d"
                .formatted(
                        o.shape().name().toLowerCase(Locale.ROOT),
                        o.compression().name().toLowerCase(Locale.ROOT),
                        o.blockBytes(),
                        o.filterBitsPerKey(),
                        o.tableBytes());
    }

    private static KeyspaceOptions options(Map<String, String> named) {
        KeyspaceOptions o = KeyspaceOptions.defaults();
        return new KeyspaceOptions(
                CompactionShape.valueOf(
                        named.getOrDefault("shape", o.shape().name()).toUpperCase(Locale.ROOT)),
                Compression.valueOf(
                        named.getOrDefault("codec", o.compression().name())
                                .toUpperCase(Locale.ROOT)),
                Integer.parseInt(named.getOrDefault("block", "" + o.blockBytes())),
                Integer.parseInt(named.getOrDefault("filter", "" + o.filterBitsPerKey())),
                Long.parseLong(named.getOrDefault("table", "" + o.tableBytes())));
    }

    private static String place(TableChange change) {
        return "ks" + change.keyspace() + " L" + change.level() + " r" + change.run();
    }

    private static int keyspace(List<String> words) {
        return Integer.parseInt(words.get(1).substring("ks".length()));
    }

    private static int level(List<String> words) {
        return Integer.parseInt(words.get(2).substring("L".length()));
    }

    private static long run(List<String> words) {
        return Long.parseLong(words.get(3).substring("r".length()));
    }

    private static long number(List<String> words, int at) {
        return Long.parseLong(words.get(at));
    }

    private static @Nullable UserKey bound(String text) {
        return text.isEmpty() ? null : key(text);
    }
}
