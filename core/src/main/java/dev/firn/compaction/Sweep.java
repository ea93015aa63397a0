package dev.firn.compaction;

import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.CompactionChoice.Move;
import dev.firn.compaction.CompactionChoice.Purpose;
import dev.firn.compaction.Stack.Tier;
import dev.firn.key.UserKey;
import dev.firn.manifest.Run;
import dev.firn.manifest.TableMeta;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Merging the oldest upper runs into the base, slice by slice from the lowest key up.
///
/// A slice begins at the lowest key that the runs still show and ends where a table of the base
/// begins, so that tables of the base are replaced whole and upper ones are trimmed at their lower
/// end only. Where the base has no tables, slices end where an upper table begins. Tables of the
/// base that nothing overlaps are passed over. Each slice is installed on its own: scratch space
/// and the loss at a crash are bounded by it. That a sweep has begun shows in the version: the
/// oldest run is trimmed. Runs that came on top meanwhile, with keys below the sweep, wait for the
/// next one.
final class Sweep {
    private static final long SLICE_BYTES_MIN = 16L << 20;
    private static final long SLICE_BYTES_MAX = 512L << 20;
    private static final int SLICES = 8;

    private final Stack stack;
    private final Busy busy;
    private final List<Run> runs = new ArrayList<>();
    private final List<Tier> tiers;
    private final Purpose purpose;
    private final String reason;
    private final long tableBytes;

    private Sweep(
            Stack stack, Busy busy, List<Tier> tiers, Purpose purpose, String reason,
            long tableBytes) {
        this.stack = stack;
        this.busy = busy;
        this.tiers = tiers;
        this.purpose = purpose;
        this.reason = reason;
        this.tableBytes = tableBytes;
        tiers.forEach(tier -> runs.add(tier.run()));
        if (stack.base() != null) {
            runs.add(stack.base().run());
        }
    }

    /// The next step towards one run. Runs of level 0 first go to level 1 as they are, the oldest
    /// first: while they are swept newer ones are merged, and what comes of that must stay above
    /// them.
    static @Nullable CompactionChoice all(
            Stack stack, Busy busy, Purpose purpose, String reason, long tableBytes) {
        List<Tier> uppers = stack.uppers();
        Tier oldest = null;
        for (Tier tier : uppers) {
            oldest = tier.level() == 0 ? tier : oldest;
        }
        if (oldest == null) {
            return uppers.isEmpty()
                    ? null
                    : slice(stack, busy, uppers.size(), purpose, reason, tableBytes);
        }
        return oldest.isBusy() || busy.writesTo(1)
                ? null
                : new Move(
                        List.of(Input.of(0, oldest.run())), 1, oldest.run().id(),
                        reason + ", out of level 0");
    }

    /// The next slice of the oldest upper runs, none of which is at level 0.
    ///
    /// @param oldest how many of the oldest upper runs take part, at least one
    /// @return null when they, or the tables of the base, are part of a running job
    static @Nullable Merge slice(
            Stack stack, Busy busy, int oldest, Purpose purpose, String reason, long tableBytes) {
        List<Tier> uppers = stack.uppers();
        List<Tier> taking = uppers.subList(uppers.size() - oldest, uppers.size());
        if (busy.writesTo(Stack.LAST) || taking.stream().anyMatch(Tier::isBusy)) {
            return null;
        }
        boolean isOnePass = purpose == Purpose.SETTLE || purpose == Purpose.REQUESTED;
        List<Tier> part = isOnePass ? taking : takingPart(taking);
        return new Sweep(stack, busy, part, purpose, reason, tableBytes).slice();
    }

    /// Of a begun sweep, only runs without keys below it: the base would be rewritten for a few of
    /// them. When settling or asked for, one pass from the lowest key takes everything, whatever
    /// had begun.
    private static List<Tier> takingPart(List<Tier> tiers) {
        Tier last = tiers.getLast();
        if (!last.isBegun()) {
            return tiers;
        }
        int first = tiers.size() - 1;
        while (first > 0 && tiers.get(first - 1).first().compareTo(last.first()) >= 0) {
            first--;
        }
        return tiers.subList(first, tiers.size());
    }

    private @Nullable Merge slice() {
        UserKey from = tiers.getFirst().first();
        for (Tier tier : tiers) {
            from = tier.first().compareTo(from) < 0 ? tier.first() : from;
        }
        Tier base = stack.base();
        if (base != null) {
            int at = base.run().seek(from.bytes(), 0, from.bytes().length);
            if (at < base.run().tableCount() && base.run().table(at).first().compareTo(from) < 0) {
                from = base.run().table(at).first();
            }
        }
        UserKey to = end(from);
        var inputs = new ArrayList<Input>();
        for (Tier tier : tiers) {
            add(inputs, tier, from, to);
        }
        if (base != null) {
            add(inputs, base, from, to);
        }
        if (inputs.stream().anyMatch(input -> busy.usesAny(input.tables()))) {
            return null;
        }
        return new Merge(
                inputs,
                from,
                to,
                Stack.LAST,
                stack.baseRun(tiers.getFirst()),
                KeySpans.NONE,
                purpose,
                evenly(bytes(from, to), tableBytes),
                true,
                reason + (to == null
                        ? ", slice to the end"
                        : ", slice of " + Text.bytes(bytes(from, to))));
    }

    private static void add(
            List<Input> inputs, Tier tier, UserKey from, @Nullable UserKey to) {
        var tables = new ArrayList<TableMeta>();
        Stack.addOverlapping(tables, tier.run(), from, to);
        if (!tables.isEmpty()) {
            inputs.add(new Input(tier.level(), tier.run().id(), tables));
        }
    }

    /// Walks over the keys where a slice may end until there is enough in front of one.
    private @Nullable UserKey end(UserKey from) {
        long total = Stack.bytes(tiers) + stack.baseBytes();
        long wanted = Math.clamp(total / SLICES, SLICE_BYTES_MIN, SLICE_BYTES_MAX);
        UserKey at = from;
        long bytes = 0;
        while (true) {
            UserKey next = nextEnd(at);
            if (next == null) {
                return null;
            }
            bytes += bytes(at, next);
            if (bytes >= wanted || (bytes > 0 && isBaseTableAlone(next))) {
                return next;
            }
            at = next;
        }
    }

    /// The least key behind `key` where a table of the base begins, or an upper one outside the
    /// base's tables; null when there is none.
    private @Nullable UserKey nextEnd(UserKey key) {
        Tier base = stack.base();
        UserKey least = null;
        for (Run run : runs) {
            int at = run.seek(key.bytes(), 0, key.bytes().length);
            for (; at < run.tableCount(); at++) {
                UserKey first = run.table(at).first();
                if (least != null && first.compareTo(least) >= 0) {
                    break;
                }
                if (first.compareTo(key) > 0
                        && (base == null || run == base.run() || !isInside(base.run(), first))) {
                    least = first;
                    break;
                }
            }
        }
        return least;
    }

    private static boolean isInside(Run base, UserKey key) {
        return base.tableFor(key.bytes(), 0, key.bytes().length) != null;
    }

    /// Whether a table of the base begins at the key, and no upper table overlaps it.
    private boolean isBaseTableAlone(UserKey key) {
        Tier base = stack.base();
        if (base == null) {
            return false;
        }
        TableMeta table = base.run().tableFor(key.bytes(), 0, key.bytes().length);
        return table != null
                && table.first().equals(key)
                && tiers.stream().allMatch(tier -> Stack.isApart(tier.run(), table));
    }

    private long bytes(UserKey from, @Nullable UserKey to) {
        long bytes = 0;
        var tables = new ArrayList<TableMeta>();
        for (Run run : runs) {
            Stack.addOverlapping(tables, run, from, to);
        }
        for (TableMeta table : tables) {
            bytes += Sizes.rawBytes(table, from, to);
        }
        return bytes;
    }

    /// A table size at or below the wanted one at which the last table is not a small rest.
    static long evenly(long bytes, long tableBytes) {
        long tables = Math.max(1, (bytes + tableBytes - 1) / tableBytes);
        long even = bytes / tables;
        return Math.clamp(even + even / 16, Math.min(tableBytes, 1 << 20), tableBytes);
    }
}
