package dev.firn.engine;

import dev.firn.ReadTrace;
import dev.firn.ReadTrace.Outcome;
import dev.firn.ReadTrace.Step;
import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import dev.firn.memtable.Memtable;
import dev.firn.sstable.Table;
import dev.firn.util.Hash64;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The second half of the read path: from a view and a sequence to the newest version of a key.
/// Sources are asked from the newest to the oldest, and the first that knows the key answers, with
/// a value or a tombstone. Allocates nothing but the value, if an array is asked for.
final class PointRead {
    /// Stands for the sequence that is visible when the read has its view.
    static final long LATEST = -1;

    private final TableFiles files;

    PointRead(TableFiles files) {
        this.files = files;
    }

    /// Looks a key up; the value goes to the target of the context.
    ///
    /// @return whether there is a value
    boolean find(ReadContext context, ReadView view, byte[] key, int length, long sequence)
            throws IOException {
        for (LiveMemtable live : view.memtables()) {
            Memtable memtable = live.memtable;
            long found = memtable.find(key, 0, length, sequence);
            if (found != 0) {
                if (Trailer.isDelete(memtable.trailer(found))) {
                    return false;
                }
                memtable.readValue(found, context.target);
                return true;
            }
        }
        Tree tree = view.tree();
        int runs = tree.runs();
        if (runs == 0) {
            return false;
        }
        long hash = Hash64.hash(key, 0, length);
        for (int run = 0; run < runs; run++) {
            int index = tree.run(run).indexFor(key, 0, length);
            if (index < 0) {
                continue;
            }
            Table table = files.table(tree.tables(run)[index]);
            int answer = table.get(key, 0, length, hash, sequence, context.scratch, context.target);
            if (answer != Table.ABSENT) {
                return answer != ValueKind.DELETE.code();
            }
        }
        return false;
    }

    /// Looks a key up the same way, and tells every step.
    ReadTrace explain(ReadContext context, ReadView view, byte[] key, long sequence)
            throws IOException {
        List<Step> steps = new ArrayList<>();
        int number = 0;
        for (LiveMemtable live : view.memtables()) {
            String source = number == 0 ? "memtable" : "frozen memtable " + number;
            number++;
            long found = live.memtable.find(key, 0, key.length, sequence);
            if (found != 0) {
                return answered(steps, source, live.memtable.trailer(found));
            }
            steps.add(new Step(source, Outcome.ABSENT, -1));
        }
        Tree tree = view.tree();
        long hash = Hash64.hash(key, 0, key.length);
        int run = 0;
        for (int level = 0; level < tree.version().levels().size(); level++) {
            for (int i = 0; i < tree.version().level(level).runs().size(); i++, run++) {
                int index = tree.run(run).indexFor(key, 0, key.length);
                if (index < 0) {
                    steps.add(new Step("L" + level + " run " + tree.run(run).id(),
                            Outcome.OUT_OF_RANGE, -1));
                    continue;
                }
                TableHandle handle = tree.tables(run)[index];
                String source = "L" + level + " table " + handle.number();
                Table table = files.table(handle);
                if (!table.mayContain(hash, context.scratch)) {
                    steps.add(new Step(source, Outcome.FILTERED, -1));
                    continue;
                }
                int answer =
                        table.get(key, 0, key.length, hash, sequence, context.scratch,
                                context.target);
                if (answer != Table.ABSENT) {
                    return answered(steps, source, context.scratch.trailer());
                }
                steps.add(new Step(source, Outcome.ABSENT, -1));
            }
        }
        return new ReadTrace(false, steps);
    }

    private static ReadTrace answered(List<Step> steps, String source, long trailer) {
        boolean deleted = Trailer.isDelete(trailer);
        Outcome outcome = deleted ? Outcome.TOMBSTONE : Outcome.VALUE;
        steps.add(new Step(source, outcome, Trailer.sequence(trailer)));
        return new ReadTrace(!deleted, steps);
    }
}
