package dev.firn.compaction;

import dev.firn.compaction.CompactionChoice.Idle;
import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.CompactionChoice.Purpose;
import dev.firn.manifest.Run;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Every level gathers four runs, which are then merged into one on the next level: an entry is
/// rewritten once a level. The last level merges its four in place. Merges are whole (their scratch
/// space is the size of a level); settling sweeps everything into the base, see [Sweep].
final class TieredPolicy implements CompactionPolicy {
    static final int RUNS = 4;
    private static final int FLUSHED_SOFT = 5;
    private static final int FLUSHED_HARD = 8;

    private final long tableBytes;

    TieredPolicy(long tableBytes) {
        this.tableBytes = tableBytes;
    }

    @Override
    public CompactionChoice choose(Version version, Load load, Busy busy) {
        Stack stack = Stack.of(version, busy);
        CompactionChoice choice = Shortcuts.drop(stack, load, busy);
        if (choice == null) {
            choice = Shortcuts.move(stack, load, busy);
        }
        if (choice == null && load.settling()) {
            choice = Sweep.all(stack, busy, Purpose.SETTLE, "settling", tableBytes);
        }
        for (int level : fullestFirst(version)) {
            choice = choice != null ? choice : mergeLevel(version, level, busy);
        }
        if (choice == null) {
            choice = Tombstones.choose(stack, load, busy, tableBytes);
        }
        return choice != null ? choice : new Idle(stack.runCount() + " runs");
    }

    /// A level that always has enough runs must not keep the merges from the others.
    private static List<Integer> fullestFirst(Version version) {
        var levels = new ArrayList<Integer>();
        for (int level = 0; level < version.levels().size(); level++) {
            levels.add(level);
        }
        levels.sort(Comparator.comparingInt(level -> -version.level(level).runs().size()));
        return levels;
    }

    private @Nullable Merge mergeLevel(Version version, int level, Busy busy) {
        List<Run> runs = version.level(level).runs();
        int target = Math.min(level + 1, Stack.LAST);
        if (runs.size() < RUNS || busy.writesTo(target) || busy.writesTo(level)) {
            return null;
        }
        var inputs = new ArrayList<Input>();
        long bytes = 0;
        for (Run run : runs) {
            if (busy.usesAny(run.tables())) {
                return null;
            }
            inputs.add(Input.of(level, run));
            bytes += Sizes.rawBytes(run);
        }
        var older = new ArrayList<TableMeta>();
        for (int below = level + 1; below < version.levels().size(); below++) {
            version.level(below).runs().forEach(run -> older.addAll(run.tables()));
        }
        boolean bottom = older.isEmpty();
        return new Merge(
                inputs,
                null,
                null,
                target,
                runs.getFirst().id(),
                KeySpans.of(older),
                Purpose.RUNS,
                Sweep.evenly(bytes, tableBytes),
                bottom || level >= 2,
                runs.size() + " runs at level " + level);
    }

    @Override
    public Debt debt(Version version, Load load) {
        int flushed = version.level(0).runs().size();
        double young = flushed + (double) load.unflushedBytes() / load.bufferBytes();
        double hard = FLUSHED_HARD + 1.0;
        double delay = Debt.delay(young, FLUSHED_SOFT, hard);
        double room = Debt.room(young, hard, 1, load.bufferBytes());
        int fullest = 0;
        long pending = 0;
        for (int level = 0; level < version.levels().size(); level++) {
            int runs = version.level(level).runs().size();
            if (runs >= RUNS) {
                pending += version.level(level).totals().rawBytes();
            }
            if (runs > version.level(fullest).runs().size()) {
                fullest = level;
            }
        }
        if (fullest > 0) {
            int runs = version.level(fullest).runs().size();
            delay = Math.max(delay, Debt.delay(runs, FLUSHED_SOFT, hard));
            // A run there is made of several flushes.
            long buffers = RUNS * load.bufferBytes();
            room = Math.min(room, Debt.room(runs, hard, 1, buffers));
        }
        return new Debt(
                delay,
                room,
                flushed == 0 ? 0 : version.level(0).totals().rawBytes(),
                flushed < FLUSHED_HARD,
                version.runCount(),
                pending,
                "runs at level " + fullest + " near their bound of " + FLUSHED_HARD);
    }
}
