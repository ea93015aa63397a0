package dev.firn.compaction;

import dev.firn.key.UserKey;
import dev.firn.manifest.Level;
import dev.firn.manifest.Run;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A version seen as a stack of runs: the base, which is the oldest run if it lies at the last
/// level, and what has come on top of it.
///
/// @param uppers the runs on top, newest first
/// @param base the run at the bottom, or null
record Stack(List<Tier> uppers, @Nullable Tier base) {
    /// The number of the last level, in every shape.
    static final int LAST = 6;

    /// A run in its place.
    ///
    /// @param level the number of its level
    /// @param isBusy whether one of its tables is part of a running job
    /// @param bytes what is visible of it, before compression
    record Tier(int level, Run run, boolean isBusy, long bytes) {
        /// The first key that is visible.
        UserKey first() {
            return run.table(0).first();
        }

        /// About how many visible tombstones it has.
        double tombstones() {
            double visible = (double) bytes / Math.max(1, run.totals().rawBytes());
            return visible * run.totals().tombstones();
        }

        /// Whether a sweep has taken slices off its lower end.
        boolean isBegun() {
            return level > 0 && run.table(0).lower() != null;
        }
    }

    static Stack of(Version version, Busy busy) {
        var tiers = new ArrayList<Tier>();
        for (int number = 0; number < version.levels().size(); number++) {
            Level level = version.level(number);
            for (Run run : level.runs()) {
                tiers.add(new Tier(number, run, busy.usesAny(run.tables()), Sizes.rawBytes(run)));
            }
        }
        Tier base = tiers.isEmpty() || tiers.getLast().level() < LAST ? null : tiers.removeLast();
        return new Stack(List.copyOf(tiers), base);
    }

    /// Bytes of everything above the base.
    long upperBytes() {
        return bytes(uppers);
    }

    /// Bytes of what was flushed and not yet merged.
    long flushedBytes() {
        return bytes(at(0));
    }

    /// Bytes that a sweep which has begun has still to merge, those of the base included; 0 when
    /// none has.
    long bytesToSweep() {
        if (uppers.isEmpty() || !uppers.getLast().isBegun()) {
            return 0;
        }
        UserKey from = uppers.getLast().first();
        long left = 0;
        for (Tier tier : uppers) {
            left += tier.isBegun() ? tier.bytes() : 0;
        }
        if (base != null) {
            for (TableMeta table : base.run().tables()) {
                left += table.end().compareTo(from) > 0 ? Sizes.rawBytes(table, from, null) : 0;
            }
        }
        return left;
    }

    /// Bytes of the base.
    long baseBytes() {
        return base == null ? 0 : base.bytes();
    }

    int runCount() {
        return uppers.size() + (base == null ? 0 : 1);
    }

    static long bytes(List<Tier> tiers) {
        return tiers.stream().mapToLong(Tier::bytes).sum();
    }

    /// The runs of a level among the uppers.
    List<Tier> at(int level) {
        return uppers.stream().filter(t -> t.level() == level).toList();
    }

    /// The run that joins the base, or begins it.
    long baseRun(Tier newest) {
        return base == null ? newest.run().id() : base.run().id();
    }

    /// The tables of the runs older than the one at an index of [#uppers], the base's included,
    /// that may hold keys of a range.
    List<TableMeta> olderThan(int at, @Nullable UserKey from, @Nullable UserKey to) {
        var older = new ArrayList<TableMeta>();
        for (int i = at + 1; i < uppers.size(); i++) {
            addOverlapping(older, uppers.get(i).run(), from, to);
        }
        if (base != null) {
            addOverlapping(older, base.run(), from, to);
        }
        return older;
    }

    /// Adds the tables of a run that may show keys of a range, in order.
    static void addOverlapping(
            List<TableMeta> list, Run run, @Nullable UserKey from, @Nullable UserKey to) {
        int i = from == null ? 0 : run.seek(from.bytes(), 0, from.bytes().length);
        for (; i < run.tableCount(); i++) {
            TableMeta table = run.table(i);
            if (to != null && table.first().compareTo(to) >= 0) {
                break;
            }
            list.add(table);
        }
    }

    /// Whether a run shows no key that a table does.
    static boolean isApart(Run run, TableMeta table) {
        byte[] first = table.first().bytes();
        int i = run.seek(first, 0, first.length);
        return i == run.tableCount() || !run.table(i).overlaps(table);
    }
}
