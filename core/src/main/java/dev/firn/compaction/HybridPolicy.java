package dev.firn.compaction;

import dev.firn.compaction.CompactionChoice.Idle;
import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.CompactionChoice.Purpose;
import dev.firn.compaction.Stack.Tier;
import dev.firn.manifest.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tiered above, leveled at the last level: a base of one run, and a stack of few runs on top of
/// it.
///
/// - **Runs.** When the runs come near the bound, the newest are merged into one at level 1, as
///   deep as [RunSlots] says. One such merge runs at a time.
/// - **Space.** When the stack has grown to a share of the base, its older runs are swept into the
///   base, see [Sweep]. The share is small while writes may be overwrites, larger when merges have
///   seen that they are not.
/// - **Settling.** Everything is swept into the base.
///
/// Without a base (a tree that only began) the oldest run stands for it where overwriting is known.
final class HybridPolicy implements CompactionPolicy {
    /// The most runs that a read consults under load.
    static final int RUNS_MAX = 6;

    /// The most runs while nobody reads.
    static final int RUNS_MAX_UNREAD = 12;

    /// The stack is swept when it has this share of the base, were it all overwrites.
    static final double SPACE_SHARE = 0.20;

    /// Where writers wait for the space.
    static final double SPACE_SHARE_MAX = 0.26;

    /// A sweep should take at least this share of the stack, for a base is rewritten for it.
    static final double BATCH_SHARE = 0.6;

    /// Without a base, everything is merged into one run at level 1 up to this many flushes, and
    /// into a new base, slice by slice, from then on.
    static final int BASE_FLUSHES_MIN = 12;

    private static final double SHADOWED_MIN = 0.2;
    private static final long TABLE_BYTES_MIN = 4L << 20;
    private static final int TABLES = 32;

    private final long tableBytesMax;

    HybridPolicy(long tableBytesMax) {
        this.tableBytesMax = tableBytesMax;
    }

    @Override
    public CompactionChoice choose(Version version, Load load, Busy busy) {
        Stack stack = Stack.of(version, busy);
        CompactionChoice choice = Shortcuts.drop(stack, load, busy);
        if (choice == null) {
            choice = Shortcuts.move(stack, load, busy);
        }
        if (choice == null && load.settling()) {
            choice = settle(stack, busy);
        }
        if (choice == null && !load.settling() && isBaseDue(stack, load)) {
            choice = Sweep.all(stack, busy, Purpose.RUNS, "no base yet", tableBytes(stack));
        }
        boolean isSweepDue = isSweepDue(stack, load);
        int crowd = runsMax(load) - (isSweepDue ? 0 : 1);
        if (choice == null && !load.settling() && stack.runCount() >= crowd) {
            choice = mergeNewest(stack, load, busy, false, stack.runCount() + " runs");
        }
        if (choice == null && isSweepDue) {
            choice = space(stack, load, busy);
        }
        if (choice == null) {
            choice = Tombstones.choose(stack, load, busy, tableBytes(stack));
        }
        return choice != null ? choice : new Idle(describe(stack));
    }

    private static int runsMax(Load load) {
        return load.reading() ? RUNS_MAX : RUNS_MAX_UNREAD;
    }

    private static String describe(Stack stack) {
        return stack.runCount() + " runs, " + Text.bytes(stack.upperBytes()) + " above the base";
    }

    private @Nullable CompactionChoice settle(Stack stack, Busy busy) {
        return Sweep.all(stack, busy, Purpose.SETTLE, "settling", tableBytes(stack));
    }

    /// Whether the tree has grown large without a base. The sweep that makes one takes all runs,
    /// and until its end they count; so it begins while there is room for as many again.
    private static boolean isBaseDue(Stack stack, Load load) {
        List<Tier> uppers = stack.uppers();
        return stack.base() == null
                && uppers.size() >= Math.max(2, runsMax(load) / 2)
                && !uppers.getLast().isBegun()
                && stack.upperBytes() >= BASE_FLUSHES_MIN * load.bufferBytes();
    }

    /// Merges the newest runs into one at level 1: all of level 0 and what is due below.
    ///
    /// @param whole whether to take every run that can be had
    private @Nullable CompactionChoice mergeNewest(
            Stack stack, Load load, Busy busy, boolean whole, String reason) {
        if (busy.writesTo(1)) {
            return null;
        }
        List<Tier> uppers = stack.uppers();
        int free = 0;
        long unit = 1;
        int flushed = 0;
        while (free < uppers.size() && !uppers.get(free).isBusy() && !uppers.get(free).isBegun()) {
            Tier tier = uppers.get(free++);
            if (tier.level() == 0) {
                flushed = free;
                unit = Math.max(unit, tier.bytes());
            }
        }
        if (free < 2 || (free < uppers.size() && uppers.get(free).level() == 0)) {
            return null;
        }
        unit = flushed == 0 ? load.bufferBytes() : unit;
        // One slot is for what comes while this is merged, one for the newest run that sets it off.
        int slots = runsMax(load) - 2 - (stack.base() == null ? 0 : 1) - (uppers.size() - free);
        int deepest = whole ? free - 1 : Math.max(1, flushed - 1);
        double newer = 0;
        for (int i = 0; i < free && !whole; i++) {
            double size = (double) uppers.get(i).bytes() / unit;
            if (i >= Math.max(1, flushed) && RunSlots.isDue(size, newer, slots - (free - 1 - i))) {
                deepest = i;
            }
            newer += size;
        }
        boolean toBase =
                deepest == uppers.size() - 1
                        && stack.base() == null
                        && stack.upperBytes() >= BASE_FLUSHES_MIN * unit;
        if (toBase) {
            return Sweep.all(stack, busy, Purpose.RUNS, reason, tableBytes(stack));
        }
        var inputs = new ArrayList<Input>();
        long bytes = 0;
        for (Tier tier : uppers.subList(0, deepest + 1)) {
            inputs.add(Input.of(tier.level(), tier.run()));
            bytes += tier.bytes();
        }
        return new Merge(
                inputs,
                null,
                null,
                1,
                uppers.getFirst().run().id(),
                KeySpans.of(stack.olderThan(deepest, null, null)),
                Purpose.RUNS,
                Sweep.evenly(bytes, tableBytes(stack)),
                false,
                reason + ", the newest " + (deepest + 1) + " into one");
    }

    /// A sweep that has begun goes on; a new one begins when the stack has grown too large.
    private static boolean isSweepDue(Stack stack, Load load) {
        List<Tier> uppers = stack.uppers();
        return !uppers.isEmpty()
                && (uppers.getLast().isBegun() || share(stack, load) >= SPACE_SHARE);
    }

    private @Nullable CompactionChoice space(Stack stack, Load load, Busy busy) {
        List<Tier> uppers = stack.uppers();
        long tableBytes = tableBytes(stack);
        int merged = (int) uppers.stream().filter(tier -> tier.level() > 0).count();
        if (uppers.getLast().isBegun()) {
            return Sweep.slice(stack, busy, merged, Purpose.SPACE, "a sweep goes on", tableBytes);
        }
        String reason = Text.percent(share(stack, load)) + " of the base may be stale";
        int flushed = uppers.size() - merged;
        if (merged == 0 && flushed <= 2) {
            return Sweep.all(stack, busy, Purpose.SPACE, reason, tableBytes);
        }
        long batch = Stack.bytes(uppers.subList(flushed, uppers.size()));
        if (batch < BATCH_SHARE * stack.upperBytes()) {
            CompactionChoice merge = mergeNewest(stack, load, busy, true, reason);
            if (merge != null) {
                return merge;
            }
        }
        return merged == 0
                ? null
                : Sweep.slice(stack, busy, merged, Purpose.SPACE, reason, tableBytes);
    }

    /// Which share of the base the stack may hide, as far as is known.
    private static double share(Stack stack, Load load) {
        if (stack.base() != null) {
            return staleBytes(stack, load) / Math.max(1, stack.baseBytes());
        }
        if (!load.isShadowedKnown() || stack.uppers().size() < 2) {
            return 0;
        }
        long oldest = stack.uppers().getLast().bytes();
        return load.shadowed() * (stack.upperBytes() - oldest) / Math.max(1, oldest);
    }

    /// Bytes of the base that the stack may hide, or bytes of the stack that will go with them: a
    /// put hides about as much as it is long, a tombstone an entry of the base's average length.
    private static double staleBytes(Stack stack, Load load) {
        Tier base = stack.base();
        double entryBytes =
                base == null
                        ? 0
                        : (double) base.bytes() / Math.max(1, base.run().totals().entries());
        double stale = 0;
        for (Tier tier : stack.uppers()) {
            double tombstones = tier.tombstones();
            double share = tombstones / Math.max(1, tier.run().totals().entries());
            double puts = tier.bytes() * (1 - share);
            stale += puts * shadowed(load) + tombstones * entryBytes;
        }
        return stale;
    }

    private static double shadowed(Load load) {
        return load.isShadowedKnown() ? Math.max(SHADOWED_MIN, load.shadowed()) : 1;
    }

    /// Small trees have small tables, so that what is trimmed away but not yet freed stays a small
    /// part.
    private long tableBytes(Stack stack) {
        long total = stack.upperBytes() + stack.baseBytes();
        return Math.clamp(total / TABLES, Math.min(TABLE_BYTES_MIN, tableBytesMax), tableBytesMax);
    }

    /// Bytes to merge until there is room again for what is scarce: a sweep gives runs free only at
    /// its end, but between its slices the newest runs are merged if there are two.
    private static long relief(Stack stack, Load load, boolean isSpaceScarce) {
        if (isBaseDue(stack, load)) {
            return stack.upperBytes();
        }
        long sweep = stack.bytesToSweep();
        if (isSpaceScarce && sweep == 0 && isSweepDue(stack, load)) {
            return stack.upperBytes() + stack.baseBytes();
        }
        boolean isStuck = stack.at(0).size() < 2;
        return sweep > 0 && (isSpaceScarce || isStuck) ? sweep : stack.flushedBytes();
    }

    @Override
    public Debt debt(Version version, Load load) {
        Stack stack = Stack.of(version, Busy.NOTHING);
        int runs = stack.runCount();
        int max = runsMax(load);
        double unflushed = (double) load.unflushedBytes() / load.bufferBytes();
        double byRuns = Debt.delay(runs + unflushed, max - 1.0, max + 1.0);
        double room = Debt.room(runs + unflushed, max + 1.0, 1, load.bufferBytes());
        double share = share(stack, load);
        double perByte = shadowed(load) / Math.max(1, stack.baseBytes());
        double bySpace = 0;
        boolean hasSpace = true;
        boolean isSpaceScarce = false;
        String reason = "runs near their bound of " + max;
        if (stack.base() != null) {
            double grain = load.bufferBytes() * perByte;
            // What is in memory will be on disk: it counts now. A small tree cannot keep the share,
            // as one flush alone may exceed it.
            double hard = Math.max(SPACE_SHARE_MAX, SPACE_SHARE + 2 * grain);
            double stale = share + load.unflushedBytes() * perByte;
            bySpace = Debt.delay(stale, SPACE_SHARE, hard);
            hasSpace = share < SPACE_SHARE || share + grain <= SPACE_SHARE_MAX;
            double spaceRoom = Debt.room(stale, hard, grain, load.bufferBytes());
            if (spaceRoom < room) {
                room = spaceRoom;
                isSpaceScarce = true;
                reason = "stale bytes near their bound";
            }
        }
        long pending = isSweepDue(stack, load) ? stack.upperBytes() + stack.baseBytes() : 0;
        return new Debt(
                Math.max(byRuns, bySpace), room, relief(stack, load, isSpaceScarce),
                runs < max && hasSpace, runs,
                pending, reason);
    }
}
