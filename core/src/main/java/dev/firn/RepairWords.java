package dev.firn;

import dev.firn.RepairReport.Loss;
import dev.firn.RepairReport.RepairedKeyspace;
import dev.firn.RepairReport.RepairedLog;
import dev.firn.RepairReport.RepairedTable;
import dev.firn.VerifyReport.Damage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Writes a [RepairReport] for people and for programs.
final class RepairWords {
    private RepairWords() {}

    static List<String> lines(RepairReport r) {
        List<String> lines = new ArrayList<>();
        if (r.healthy()) {
            lines.add("nothing is wrong, nothing was changed");
            return lines;
        }
        lines.add(r.dryRun() ? "a dry run: nothing was changed" : "the store was repaired");
        lines.add("keyspaces and tables: from " + r.state());
        r.damages().forEach(damage -> lines.add("damage: " + place(damage)));
        r.tables().forEach(table -> add(table, lines));
        lines.add(log(r));
        if (!r.dryRun() && r.log().entriesLeft() > 0) {
            lines.add("the logs with what was left out are in the quarantine; --beyond-damage"
                    + " saves it, if the damaged directory is repaired again: from a copy, or put"
                    + " back as docs/guarantees.md tells");
        }
        if (r.dryRun() && r.log().entriesLeft() > 0) {
            lines.add("with --beyond-damage (RepairOptions.withBeyondDamage) "
                    + count(r.log().entriesLeft(), "write")
                    + " more would be saved, without those before them that are lost");
        }
        r.keyspaces().forEach(keyspace -> lines.add("keyspace " + keyspace.name() + ": "
                + entries(keyspace.entriesKept()) + " kept in "
                + count(keyspace.tablesKept(), "table") + ", " + keyspace.entriesSaved()
                + " saved from damaged tables, "
                + keyspace.entriesFromLog() + " from the log, " + lost(keyspace)));
        r.warnings().forEach(warning -> lines.add("note: " + warning));
        if (r.quarantine() != null) {
            lines.add((r.dryRun()
                    ? "would be moved to a folder quarantine-N: "
                    : "moved to " + r.quarantine() + ": ") + String.join(" ", r.setAside()));
        }
        return lines;
    }

    private static String place(Damage damage) {
        return damage.file() + (damage.offset() < 0 ? "" : " at offset " + damage.offset()) + ": "
                + damage.what();
    }

    private static void add(RepairedTable t, List<String> lines) {
        lines.add("table " + t.file() + " of keyspace " + t.keyspace() + ", "
                + count(t.bytes(), "byte") + (t.sequenceMin() < 0
                        ? ""
                        : ", sequences " + t.sequenceMin() + " to " + t.sequenceMax())
                + ": " + (t.entriesSaved() == 0
                        ? "nothing saved"
                        : entries(t.entriesSaved()) + " saved"
                                + (t.newFile() == null ? "" : " to " + t.newFile()))
                + ", " + (t.entriesLost() < 0
                        ? "an unknown number of entries"
                        : entries(t.entriesLost()))
                + " lost");
        for (Loss loss : t.losses()) {
            lines.add("  lost at offset " + loss.offset() + ": " + loss.what()
                    + (loss.keys() == null ? "" : ", " + loss.keys()));
        }
    }

    private static String log(RepairReport r) {
        RepairedLog log = r.log();
        String records = count(log.records(), "record");
        if (log.isKept()) {
            return "log: whole, stays as it is; " + records;
        }
        String saved = records + (log.records() == 0
                ? " saved"
                : " saved to tables, up to sequence " + log.sequence());
        if (log.recordsLeft() > 0) {
            return "log: damaged; " + saved + "; left out, as they stand behind damage: "
                    + count(log.recordsLeft(), "record") + " with "
                    + count(log.entriesLeft(), "write") + " that are in no table, sequences "
                    + log.sequenceLeftFirst() + " to " + log.sequenceLeftLast() + lost(log);
        }
        return (r.damages().stream().anyMatch(damage -> damage.file().endsWith(".log"))
                ? "log: damaged; " + saved + "; no other record can be read"
                : "log: whole; " + saved) + lost(log);
    }

    private static String lost(RepairedLog log) {
        String known = log.bytesLost() + log.writesLost() == 0
                ? ""
                : "; at most " + count(log.writesLost(), "write") + " lost in "
                        + count(log.bytesLost(), "byte") + " that cannot be read";
        return log.isLossKnown() ? known : known + "; how much is lost at its end is not known";
    }

    private static String entries(long number) {
        return number == 1 ? "1 entry" : number + " entries";
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String lost(RepairedKeyspace keyspace) {
        return keyspace.entriesLost() + " lost of tables"
                + (keyspace.isLossKnown() ? "" : ", and more of an unknown number");
    }

    static String json(RepairReport r) {
        RepairedLog log = r.log();
        return "{\"dryRun\":" + r.dryRun() + ",\"healthy\":" + r.healthy() + ",\"state\":"
                + text(r.state()) + ",\"damages\":" + list(r.damages(), RepairWords::json)
                + ",\"keyspaces\":" + list(r.keyspaces(), RepairWords::json) + ",\"tables\":"
                + list(r.tables(), RepairWords::json) + ",\"log\":{\"isKept\":" + log.isKept()
                + ",\"records\":" + log.records() + ",\"sequence\":" + log.sequence()
                + ",\"recordsLeft\":" + log.recordsLeft() + ",\"entriesLeft\":"
                + log.entriesLeft() + ",\"sequenceLeftFirst\":" + log.sequenceLeftFirst()
                + ",\"sequenceLeftLast\":" + log.sequenceLeftLast() + ",\"bytesLost\":"
                + log.bytesLost() + ",\"writesLost\":" + log.writesLost()
                + ",\"isLossKnown\":" + log.isLossKnown() + "},\"quarantine\":"
                + text(r.quarantine()) + ",\"setAside\":" + list(r.setAside(), RepairWords::text)
                + ",\"warnings\":" + list(r.warnings(), RepairWords::text) + "}";
    }

    private static String json(Damage d) {
        return "{\"file\":" + text(d.file()) + ",\"offset\":" + d.offset() + ",\"what\":"
                + text(d.what()) + "}";
    }

    private static String json(RepairedKeyspace k) {
        return "{\"name\":" + text(k.name()) + ",\"tablesKept\":" + k.tablesKept()
                + ",\"entriesKept\":" + k.entriesKept() + ",\"entriesSaved\":"
                + k.entriesSaved() + ",\"entriesFromLog\":" + k.entriesFromLog()
                + ",\"entriesLost\":" + k.entriesLost() + ",\"isLossKnown\":"
                + k.isLossKnown() + "}";
    }

    private static String json(RepairedTable t) {
        return "{\"file\":" + text(t.file()) + ",\"keyspace\":" + text(t.keyspace())
                + ",\"newFile\":" + text(t.newFile()) + ",\"entriesSaved\":"
                + t.entriesSaved() + ",\"entriesLost\":" + t.entriesLost() + ",\"bytes\":"
                + t.bytes() + ",\"sequenceMin\":" + t.sequenceMin() + ",\"sequenceMax\":"
                + t.sequenceMax() + ",\"losses\":" + list(t.losses(), RepairWords::json) + "}";
    }

    private static String json(Loss loss) {
        return "{\"offset\":" + loss.offset() + ",\"what\":" + text(loss.what())
                + ",\"keys\":" + text(loss.keys()) + "}";
    }

    private static <T> String list(List<T> all, Function<T, String> writer) {
        return all.stream().map(writer).collect(Collectors.joining(",", "[", "]"));
    }

    private static String text(@org.jspecify.annotations.Nullable String text) {
        if (text == null) {
            return "null";
        }
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
