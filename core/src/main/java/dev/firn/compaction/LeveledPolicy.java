package dev.firn.compaction;

import dev.firn.compaction.CompactionChoice.Idle;
import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.CompactionChoice.Move;
import dev.firn.compaction.CompactionChoice.Purpose;
import dev.firn.manifest.Run;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Every level below the first is one run. Four runs at level 0 are merged into the first level in
/// use; a level above its target gives tables to the next one, those first that overlap least
/// there.
///
/// Targets are counted from the bottom: the last level has what it has, each one above a tenth of
/// it, down to the size of four flushes. So about nine tenths of the entries lie in the last level
/// whatever the store's size, which bounds the space.
final class LeveledPolicy implements CompactionPolicy {
    static final int FLUSHED_RUNS = 4;
    private static final int FLUSHED_SOFT = 5;
    private static final int FLUSHED_HARD = 8;
    private static final int FACTOR = 10;
    private static final double SPACE_SOFT = 0.25;
    private static final double SPACE_HARD = 0.5;

    private final long tableBytes;

    LeveledPolicy(long tableBytes) {
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
        if (choice == null) {
            choice = byScore(version, load, busy);
        }
        if (choice == null) {
            choice = Tombstones.choose(stack, load, busy, tableBytes);
        }
        return choice != null ? choice : new Idle(stack.runCount() + " runs, all levels in bounds");
    }

    private @Nullable CompactionChoice byScore(Version version, Load load, Busy busy) {
        LevelTargets targets = LevelTargets.of(version, load.bufferBytes());
        double[] scores = new double[Stack.LAST];
        for (int level = 0; level < Stack.LAST; level++) {
            scores[level] =
                    level == 0
                            ? (double) version.level(0).runs().size() / FLUSHED_RUNS
                            : (double) bytes(version, level) / targets.bytes(level);
        }
        while (true) {
            int best = 0;
            for (int level = 1; level < Stack.LAST; level++) {
                best = scores[level] > scores[best] ? level : best;
            }
            if (scores[best] < 1) {
                return null;
            }
            String reason =
                    best > 0 && best < targets.first()
                            ? "level " + best + " is not in use any more"
                            : "level " + best + " at " + Text.percent(scores[best])
                                    + " of its bound";
            CompactionChoice choice =
                    best == 0 || version.level(best).runs().size() > 1
                            ? mergeRuns(version, best, Math.max(best, targets.first()), busy,
                                    reason)
                            : push(version, best, load, busy, reason);
            if (choice != null) {
                return choice;
            }
            scores[best] = 0;
        }
    }

    static long bytes(Version version, int level) {
        long bytes = 0;
        for (Run run : version.level(level).runs()) {
            bytes += Sizes.rawBytes(run);
        }
        return bytes;
    }

    /// Merges all runs of a level (and of those between) into the run of another one.
    private @Nullable Merge mergeRuns(
            Version version, int level, int target, Busy busy, String reason) {
        var inputs = new ArrayList<Input>();
        var above = new ArrayList<TableMeta>();
        for (int from = level; from < Math.max(target, level + 1); from++) {
            for (Run run : version.level(from).runs()) {
                inputs.add(Input.of(from, run));
                above.addAll(run.tables());
            }
        }
        long id = inputs.getFirst().run();
        if (target > level && !version.level(target).isEmpty()) {
            Run run = version.level(target).runs().getFirst();
            id = run.id();
            List<TableMeta> met = met(run, above);
            if (!met.isEmpty()) {
                inputs.add(new Input(target, id, met));
            }
        }
        return merge(version, inputs, target, id, busy, reason);
    }

    /// The tables of a run between the least and the greatest key of others.
    private static List<TableMeta> met(Run run, List<TableMeta> above) {
        KeySpans.Span hull = KeySpans.Span.of(above.getFirst());
        for (TableMeta table : above) {
            hull = hull.union(KeySpans.Span.of(table));
        }
        KeySpans.Span all = hull;
        return run.tables().stream().filter(all::overlaps).toList();
    }

    /// Gives the cheapest table of a level to the next one.
    private @Nullable CompactionChoice push(
            Version version, int level, Load load, Busy busy, String reason) {
        Run run = version.level(level).runs().getFirst();
        List<Run> nextRuns = version.level(level + 1).runs();
        Run next = nextRuns.isEmpty() ? null : nextRuns.getFirst();
        TableMeta best = null;
        List<TableMeta> bestMet = List.of();
        double bestCost = Double.MAX_VALUE;
        for (TableMeta table : run.tables()) {
            List<TableMeta> met = next == null ? List.of() : met(next, List.of(table));
            if (busy.uses(table)
                    || busy.usesAny(met)
                    || busy.mayCollide(level + 1, table)
                    || met.stream().anyMatch(t -> busy.mayCollide(level + 1, t))) {
                continue;
            }
            double cost =
                    Tombstones.isDense(table, load)
                            ? -1
                            : (double) met.stream().mapToLong(TableMeta::rawBytes).sum()
                                    / Math.max(1, Sizes.rawBytes(table, null, null));
            if (cost < bestCost) {
                best = table;
                bestMet = met;
                bestCost = cost;
            }
        }
        if (best == null) {
            return null;
        }
        Input input = new Input(level, run.id(), List.of(best));
        long id = next == null ? run.id() : next.id();
        if (bestMet.isEmpty() && !Tombstones.isDense(best, load)) {
            return new Move(List.of(input), level + 1, id, reason + ", nothing overlaps one table");
        }
        return merge(
                version,
                bestMet.isEmpty()
                        ? List.of(input)
                        : List.of(input, new Input(level + 1, id, bestMet)),
                level + 1,
                id,
                busy,
                reason);
    }

    private @Nullable Merge merge(
            Version version, List<Input> inputs, int level, long id, Busy busy, String reason) {
        long bytes = 0;
        for (Input input : inputs) {
            if (busy.usesAny(input.tables())) {
                return null;
            }
            for (TableMeta table : input.tables()) {
                if (busy.mayCollide(level, table)) {
                    return null;
                }
                bytes += Sizes.rawBytes(table, null, null);
            }
        }
        var older = new ArrayList<TableMeta>();
        for (int below = level + 1; below < version.levels().size(); below++) {
            version.level(below).runs().forEach(run -> older.addAll(run.tables()));
        }
        return new Merge(
                inputs,
                null,
                null,
                level,
                id,
                KeySpans.of(older),
                Purpose.RUNS,
                Sweep.evenly(bytes, tableBytes),
                level >= Stack.LAST - 1,
                reason);
    }

    @Override
    public Debt debt(Version version, Load load) {
        int flushed = version.level(0).runs().size();
        double unflushed = (double) load.unflushedBytes() / load.bufferBytes();
        double most = FLUSHED_HARD + 1.0;
        double byRuns = Debt.delay(flushed + unflushed, FLUSHED_SOFT, most);
        double room =
                Debt.room(flushed + unflushed, most, 1, load.bufferBytes());
        LevelTargets targets = LevelTargets.of(version, load.bufferBytes());
        long pending = 0;
        for (int level = 1; level < Stack.LAST; level++) {
            pending += Math.max(0, bytes(version, level) - targets.bytes(level));
        }
        Stack stack = Stack.of(version, Busy.NOTHING);
        double base = Math.max(1, stack.baseBytes());
        double hard = Math.max(SPACE_HARD, SPACE_SOFT + 4 * load.bufferBytes() / base);
        String reason = "runs at level 0 near their bound of " + FLUSHED_HARD;
        double byBytes = 0;
        if (stack.base() != null) {
            double share = (stack.upperBytes() + load.unflushedBytes()) / base;
            double grain = load.bufferBytes() / base;
            byBytes = Debt.delay(share, SPACE_SOFT, hard);
            double bytesRoom = Debt.room(share, hard, grain, load.bufferBytes());
            if (bytesRoom < room) {
                room = bytesRoom;
                reason = "bytes above the last level near their bound";
            }
        }
        return new Debt(
                Math.max(byRuns, byBytes), room, stack.flushedBytes(), flushed < FLUSHED_HARD,
                version.runCount(),
                pending, reason);
    }

    /// How large the levels may be.
    ///
    /// @param first the first level in use below level 0
    /// @param last the size of the largest level, which the last one is taken to have
    private record LevelTargets(int first, long last) {
        static LevelTargets of(Version version, long bufferBytes) {
            long largest = 0;
            for (int level = 1; level <= Stack.LAST; level++) {
                largest = Math.max(largest, LeveledPolicy.bytes(version, level));
            }
            int first = Stack.LAST;
            for (long size = largest; size / FACTOR >= bufferBytes && first > 1; size /= FACTOR) {
                first--;
            }
            return new LevelTargets(first, largest);
        }

        /// Levels above the first in use should be empty.
        long bytes(int level) {
            long bytes = last;
            for (int i = Stack.LAST; i > level; i--) {
                bytes /= FACTOR;
            }
            return level < first ? 1 : Math.max(1, bytes);
        }
    }
}
