package dev.firn.engine;

import dev.firn.Firn;
import dev.firn.Keyspace;
import dev.firn.Options;
import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Scratch;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import dev.firn.storage.FileAccess;
import dev.firn.storage.FileStorage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Every public method is called by threads that are interrupted all the time, on real files. Each
/// call has its normal result and leaves the thread interrupted; no file is closed by it, and
/// everything that was written is there, also after reopening.
public final class InterruptStormAttack implements Attack {
    private static final int THREADS = 3;
    private static final String PREFIX = "firn-storm-";

    /// A pause between two interrupts, so that the victims get on where there are few cores.
    private static final long PAUSE_NANOS = 20_000;

    private final Map<String, Long> interrupted = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "interrupt storm";
    }

    @Override
    public void round(long seed, Tally tally) throws Exception {
        try (Scratch scratch = Scratch.create(PREFIX)) {
            new Round(scratch.path(), seed, tally, interrupted).run();
        }
    }

    /// How many calls of each method, by its signature, were interrupted in all rounds so far.
    Map<String, Long> interrupted() {
        return Map.copyOf(interrupted);
    }

    /// The calls of one thread, by signature.
    static Map<String, Workers.Work> calls(Firn store, Path directory, StormReads reads,
            StormWrites writes, Random random, int thread) {
        StormCalls calls = new StormCalls();
        reads.addTo(calls);
        writes.addTo(calls);
        new StormLives(directory.resolve("own-" + thread), store.directory(), random)
                .addTo(calls);
        return calls.all();
    }

    private static final class Round {
        private final Path directory;
        private final Path shared;
        private final Random random;
        private final Tally tally;
        private final Map<String, Long> interrupted;
        private final Workers workers = new Workers();
        private final ConcurrentLinkedQueue<StormVictim> victims = new ConcurrentLinkedQueue<>();
        private final AtomicLong running = new AtomicLong(THREADS);
        private final List<StormKeys> keys = new ArrayList<>();

        Round(Path directory, long seed, Tally tally, Map<String, Long> interrupted) {
            this.directory = directory;
            this.shared = directory.resolve("shared");
            this.random = new Random(seed);
            this.tally = tally;
            this.interrupted = interrupted;
        }

        private FileAccess access() {
            return random.nextBoolean() ? FileAccess.MAPPED : FileAccess.POSITIONED;
        }

        void run() throws Exception {
            Options options = Options.defaults().withMemtableBytes(64L << 10)
                    .withLogBytesMax(128L << 10);
            Firn store = Store.open(shared, new FileStorage(shared, access(), access()), options,
                    SharedResources.create(16L << 20, 2, 0), true, 1);
            Keyspace space = store.keyspace("storm");
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                long seed = random.nextLong();
                keys.add(new StormKeys(i));
                workers.start("victim", () -> suffer(store, space, thread, seed));
            }
            workers.start("interrupter", this::storm);
            workers.join();
            check(store);
            store.close();
            if (!Firn.verify(shared, read -> {}).isClean()) {
                throw new Violation(Kind.WRONG_VALUE, "verify finds damage after the storm");
            }
            try (Firn again = Firn.open(shared)) {
                check(again);
            }
        }

        private void check(Firn store) {
            if (store.statistics().failure() != null) {
                throw new Violation(Kind.UNEXPECTED_ERROR, store.statistics().failure());
            }
            keys.forEach(of -> of.check(store.keyspace("storm")));
        }

        private void storm() {
            while (running.get() > 0) {
                victims.forEach(StormVictim::interrupt);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        private void suffer(Firn store, Keyspace space, int thread, long seed) {
            Random own = new Random(seed);
            StormVictim victim = new StormVictim(own.nextLong());
            StormKeys of = keys.get(thread);
            try (StormReads reads = new StormReads(store, space, of, own)) {
                StormWrites writes = new StormWrites(store, space, of, own, thread);
                List<Map.Entry<String, Workers.Work>> calls = new ArrayList<>(
                        calls(store, directory, reads, writes, own, thread).entrySet());
                // Files of the thread's own store are there from here on.
                Firn.open(directory.resolve("own-" + thread)).close();
                victims.add(victim);
                Collections.shuffle(calls, own);
                for (var call : calls) {
                    if (workers.haveFailed()) {
                        return;
                    }
                    if (victim.call(call.getKey(), call.getValue())) {
                        interrupted.merge(call.getKey(), 1L, Long::sum);
                    }
                }
            } finally {
                victims.remove(victim);
                tally.add(Count.INTERRUPTS, victim.interrupts());
                running.decrementAndGet();
            }
        }
    }
}
