package dev.firn.engine;

import dev.firn.KeyspaceOptions;
import dev.firn.key.UserKey;
import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.StoreFile;
import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.Version;
import dev.firn.memtable.Memtable;
import dev.firn.sstable.BufferPool;
import dev.firn.sstable.ReadCounters;
import dev.firn.sstable.ReadScratch;
import dev.firn.testkit.ModelChecking;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A read that has entered finds all that its view names, memtables and files, until it leaves,
/// whatever is frozen, flushed, merged or dropped meanwhile; and when all have left, nothing is
/// kept that the last view does not name.
///
/// Model checking of [VersionSet], [ReadContexts], [Reaper] and the reference counts.
@Tag("lincheck")
class ViewsLincheckTest {
    @Test
    void whatAReadSeesIsThereUntilItLeaves() {
        ModelChecking.options(12, 100).threads(2)
                .actorsPerThread(2).actorsBefore(0).actorsAfter(1)
                .loopIterationsBeforeThreadSwitch(100).loopBound(200)
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(Memtable.class.getName())
                        .allMethods().ignore())
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(NameSet.class.getName())
                        .allMethods().treatAsAtomic())
                .sequentialSpecification(Model.class)
                .check(Operations.class);
    }

    /// Background work, a step when asked for.
    private static final class Steps implements Scheduler {
        private final ConcurrentLinkedQueue<Task> tasks = new ConcurrentLinkedQueue<>();

        void step() {
            Task task = tasks.poll();
            if (task != null && !task.step()) {
                tasks.add(task);
            }
        }

        @Override
        public void submit(Priority priority, Task task) {
            tasks.add(task);
        }

        @Override
        public void submitAfter(long nanos, Priority priority, Task task) {
            tasks.add(task);
        }

        @Override
        public boolean await(Gate gate, BooleanSupplier condition, long timeoutNanos) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void pause(long nanos) {}

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public long currentTimeMillis() {
            return 0;
        }

        @Override
        public void close() {}
    }

    public static class Operations {
        private static final byte[] KEY = {1};
        private static final UserKey BOUND = UserKey.owning(KEY);
        private static final KeyspaceState[] STATES = new KeyspaceState[20];
        private static final String[] NAMES = new String[STATES.length];

        static {
            for (int number = 1; number < STATES.length; number++) {
                STATES[number] = state(number);
                NAMES[number] = StoreFile.table(number).name();
            }
        }

        private final ChunkPool pool = new ChunkPool(new MemoryBudget(1 << 20), 1 << 12);
        private final NameSet storage = new NameSet();
        private final Steps steps = new Steps();
        private final Gate gate = new Gate();
        private final ReadContexts reads = new ReadContexts(() -> new ReadScratch(
                new BufferPool(pool, 1 << 12), new ReadCounters()));
        private final Reaper reaper = new Reaper(reads, new Tasks(steps, gate, t -> {}));
        private final TableFiles files = new TableFiles(storage, 1, null, pool, null, null, null,
                10, reaper);
        private final VersionSet versions = new VersionSet(null, files, reaper,
                new Health("model"), gate);
        private final StoreKeyspace space =
                new StoreKeyspace(null, 1, "model", KeyspaceOptions.defaults());
        private final Queue<LiveMemtable> memtables = new ConcurrentLinkedQueue<>();
        private final AtomicInteger numbers = new AtomicInteger();

        public Operations() {
            versions.begin(space, state(), memtable());
        }

        /// A state with another table, whose file is there.
        private KeyspaceState state() {
            int number = numbers.incrementAndGet();
            storage.add(NAMES[number]);
            return STATES[number];
        }

        private static KeyspaceState state(int number) {
            TableMeta table = new TableMeta(number, number, 0, 0, 1, 0, BOUND, BOUND, null, null,
                    0, 0, 0, 0);
            return new KeyspaceState(1, "model", KeyspaceOptions.defaults(),
                    Version.EMPTY.apply(List.of(new TableAdded(1, 1, number, table))), 0);
        }

        private LiveMemtable memtable() {
            LiveMemtable live = new LiveMemtable(new Memtable(pool));
            memtables.add(live);
            return live;
        }

        private String look(ReadView view) {
            for (LiveMemtable live : view.memtables()) {
                // Without references it is freed.
                if (live.references == 0) {
                    return "a freed memtable";
                }
            }
            for (int run = 0; run < view.tree().runs(); run++) {
                for (TableHandle handle : view.tree().tables(run)) {
                    if (!storage.exists(NAMES[(int) handle.number()])) {
                        return "a deleted file";
                    }
                }
            }
            return "whole";
        }

        @Operation
        public String read() {
            ReadContext context = reads.enter();
            try {
                ReadView view = space.view();
                return view == null ? "dropped" : look(view);
            } finally {
                context.exit();
            }
        }

        /// A job reads longer than a read: it keeps the tables of a view by their count.
        @Operation
        public String job() {
            ReadView view = versions.retain(space);
            if (view == null) {
                return "dropped";
            }
            try {
                TableHandle first = view.tree().tables(0)[0];
                return storage.exists(NAMES[(int) first.number()])
                        ? "whole"
                        : "a deleted file";
            } finally {
                versions.release(view.tree());
            }
        }

        @Operation
        public void freezeAndFlush() {
            LiveMemtable next = memtable();
            KeyspaceState after = state();
            boolean[] used = new boolean[1];
            versions.locked(() -> {
                ReadView view = space.view();
                if (view != null) {
                    used[0] = true;
                    versions.freeze(space, next);
                    versions.show(space, after, view.active());
                }
            });
            if (!used[0]) {
                storage.delete(NAMES[(int) after.version().run(0).table(0).file()]);
            }
            steps.step();
        }

        @Operation(runOnce = true)
        public void drop() {
            versions.locked(() -> versions.drop(space));
        }

        /// Something is freed, if it is time.
        @Operation
        public void step() {
            steps.step();
        }

        @Validate
        public void nothingIsKept() {
            reaper.drain();
            ReadView view = space.view();
            if (storage.size() != (view == null ? 0 : 1)) {
                throw new IllegalStateException(storage.size() + " files are kept");
            }
            if (view != null && !look(view).equals("whole")) {
                throw new IllegalStateException(look(view));
            }
            int kept = memtables.stream().mapToInt(live -> live.references).sum();
            if (kept != (view == null ? 0 : 1)) {
                throw new IllegalStateException(kept + " references to memtables are kept");
            }
        }
    }

    /// What is seen from outside.
    public static class Model {
        private boolean isDropped;

        public String read() {
            return isDropped ? "dropped" : "whole";
        }

        public String job() {
            return read();
        }

        public void freezeAndFlush() {
            // Nothing that anybody sees.
        }

        public void drop() {
            isDropped = true;
        }

        public void step() {
            // Nothing that anybody sees.
        }
    }
}
