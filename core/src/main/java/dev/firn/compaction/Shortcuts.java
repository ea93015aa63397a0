package dev.firn.compaction;

import dev.firn.compaction.CompactionChoice.Drop;
import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Move;
import dev.firn.compaction.Stack.Tier;
import dev.firn.manifest.Run;
import dev.firn.manifest.TableMeta;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Choices that cost an edit and no merge, for every shape.
final class Shortcuts {
    private Shortcuts() {}

    /// Tables that hold only tombstones, with nothing older below them and no snapshot that could
    /// tell.
    static @Nullable CompactionChoice drop(Stack stack, Load load, Busy busy) {
        var inputs = new ArrayList<Input>();
        int count = 0;
        for (int i = 0; i <= stack.uppers().size(); i++) {
            Tier tier = i < stack.uppers().size() ? stack.uppers().get(i) : stack.base();
            if (tier == null) {
                break;
            }
            var tables = new ArrayList<TableMeta>();
            for (TableMeta table : tier.run().tables()) {
                if (table.entries() == table.tombstones()
                        && table.largestSequence() <= load.oldestSnapshot()
                        && !busy.uses(table)
                        && isBottom(stack, i, table)) {
                    tables.add(table);
                }
            }
            if (!tables.isEmpty()) {
                inputs.add(new Input(tier.level(), tier.run().id(), tables));
                count += tables.size();
            }
        }
        return inputs.isEmpty() ? null : new Drop(inputs, count + " tables hold only tombstones");
    }

    private static boolean isBottom(Stack stack, int at, TableMeta table) {
        for (int i = at + 1; i < stack.uppers().size(); i++) {
            if (!Stack.isApart(stack.uppers().get(i).run(), table)) {
                return false;
            }
        }
        Tier base = stack.base();
        return base == null || at == stack.uppers().size() || Stack.isApart(base.run(), table);
    }

    /// Tables of a run that overlap nothing older go to the base as they are. Where there is no
    /// base yet, the oldest run becomes it once the next newer one turns out not to overlap it (a
    /// sorted load), or when the tree settles.
    static @Nullable CompactionChoice move(Stack stack, Load load, Busy busy) {
        List<Tier> uppers = stack.uppers();
        for (int i = uppers.size() - 1; i >= 0; i--) {
            Tier tier = uppers.get(i);
            if (tier.isBusy() || (stack.base() == null && !mayBegin(stack, i, load))) {
                continue;
            }
            var tables = new ArrayList<TableMeta>();
            for (TableMeta table : tier.run().tables()) {
                if (isMovable(table, load)
                        && isBottom(stack, i, table)
                        && !busy.mayCollide(Stack.LAST, table)) {
                    tables.add(table);
                }
            }
            if (!tables.isEmpty()
                    && (stack.base() != null || tables.size() == tier.run().tableCount())) {
                return new Move(
                        List.of(new Input(tier.level(), tier.run().id(), tables)),
                        Stack.LAST,
                        stack.baseRun(tier),
                        "nothing older overlaps " + tables.size() + " tables of run "
                                + tier.run().id());
            }
        }
        return null;
    }

    /// Tombstones are better merged away than kept at the bottom, unless they are few.
    private static boolean isMovable(TableMeta table, Load load) {
        return table.tombstones() * 20 <= table.entries()
                || table.largestSequence() > load.oldestSnapshot();
    }

    private static boolean mayBegin(Stack stack, int at, Load load) {
        List<Tier> uppers = stack.uppers();
        if (at < uppers.size() - 1) {
            return false;
        }
        if (uppers.size() == 1) {
            return load.settling();
        }
        Run newer = uppers.get(at - 1).run();
        return uppers.get(at).run().tables().stream().allMatch(t -> Stack.isApart(newer, t));
    }
}
