package dev.firn.bench.work;

import dev.firn.bench.data.KeyShape;
import dev.firn.bench.data.Permutation;
import dev.firn.bench.data.Values;
import dev.firn.bench.data.Zipfian;
import dev.firn.bench.store.Session;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.HdrHistogram.Histogram;

/// Makes the jobs of a task: the same keys, values and random choices for every store.
final class Jobs {
    static final int BATCH = 100;

    /// Of the entries that are deleted before a scan, one in so many is left.
    static final int LEFT_ONE_IN = 20;

    private final Task task;
    private final long entries;
    private final Permutation order;

    Jobs(Task task) {
        this(task, task.entries());
    }

    private Jobs(Task task, long entries) {
        this.task = task;
        this.entries = entries;
        this.order = new Permutation(entries, task.seed());
    }

    /// The same jobs on a store with fewer entries.
    Jobs on(long fewer) {
        return new Jobs(task, fewer);
    }

    long entries() {
        return entries;
    }

    /// What the measured threads of a workload do.
    Job.Factory measured(Workload workload) {
        return switch (workload) {
            case FILLSEQ -> puts(place -> place);
            case FILLRANDOM, FILLSYNC, FILLSYNC8 -> puts(order::at);
            case FILLBATCH -> batches();
            case OVERWRITE -> overwrites(1);
            case READRANDOM, READRANDOM2, READWHILEWRITING, READWHILEPACED ->
                    (session, thread, latencies) -> new Gets(keys(session), uniform(thread));
            case READHOT, YCSBC ->
                    (session, thread, latencies) -> new Gets(keys(session), zipfian(thread));
            case READMISSING ->
                    (session, thread, latencies) -> new Misses(keys(session), uniform(thread));
            case READSEQ -> scans(true, 1);
            case READREVERSE -> scans(false, 1);
            case SCANDELETED, SCANSETTLED -> scans(true, LEFT_ONE_IN);
            case SEEK10 -> seeks(10);
            case SEEK100 -> seeks(100);
            case DELETERANDOM -> deletes(order::at);
            case YCSBA -> mix(new Mix.Shares(50, 50, 0, 0, 0));
            case YCSBB -> mix(new Mix.Shares(95, 5, 0, 0, 0));
            case YCSBD -> mix(new Mix.Shares(95, 0, 5, 0, 0));
            case YCSBE -> mix(new Mix.Shares(0, 0, 5, 95, 0));
            case YCSBF -> mix(new Mix.Shares(50, 0, 0, 0, 50));
            case REOPEN, REOPENKILLED -> throw new IllegalArgumentException("not done by threads");
        };
    }

    Job.Factory batches() {
        return (session, thread, latencies) -> new Batches(this, session);
    }

    /// Puts of all entries in random order.
    Job.Factory puts() {
        return puts(order::at);
    }

    Job.Factory overwrites(long version) {
        return (session, thread, latencies) -> new Puts(keys(session), uniform(thread), version);
    }

    private Job.Factory puts(LongUnaryOperator numbers) {
        int threads = task.workload().threads();
        return (session, thread, latencies) -> new Puts(keys(session), new LongSupplier() {
            private long place = thread;

            @Override
            public long getAsLong() {
                long number = numbers.applyAsLong(place % entries);
                place += threads;
                return number;
            }
        }, 0);
    }

    /// Deletes of all entries in some order, once around.
    private Job.Factory deletes(LongUnaryOperator numbers) {
        return (session, thread, latencies) -> {
            Keys keys = keys(session);
            return new Job() {
                private long place;

                @Override
                public long step() throws IOException {
                    keys.delete(numbers.applyAsLong(place++ % entries));
                    return 1;
                }

                @Override
                public long userBytes() {
                    return keys.userBytes();
                }
            };
        };
    }

    /// Deletes of all entries but one in [#LEFT_ONE_IN], in the order of keys.
    Job.Factory sweep() {
        long swept = LEFT_ONE_IN - 1;
        return deletes(place -> place / swept * LEFT_ONE_IN + 1 + place % swept);
    }

    /// How many entries [#sweep] deletes.
    long sweptEntries() {
        long rest = entries % LEFT_ONE_IN;
        return entries / LEFT_ONE_IN * (LEFT_ONE_IN - 1) + (rest == 0 ? 0 : rest - 1);
    }

    private Job.Factory scans(boolean isForward, int oneIn) {
        long expected = (entries + oneIn - 1) / oneIn;
        return (session, thread, latencies) -> new FullScans(keys(session), isForward, expected,
                latencies);
    }

    private Job.Factory seeks(int length) {
        return (session, thread, latencies) -> {
            Keys keys = keys(session);
            LongSupplier numbers = uniform(thread);
            return () -> {
                keys.scan(numbers.getAsLong(), length, entries);
                return 1;
            };
        };
    }

    private Job.Factory mix(Mix.Shares shares) {
        return (session, thread, latencies) -> new Mix(keys(session), shares, new Zipfian(entries),
                order, entries, random(thread));
    }

    Keys keys(Session session) {
        return new Keys(session, task.keys(), new Values(task.valueBytes()));
    }

    KeyShape.Maker maker() {
        return task.keys().maker();
    }

    Values values() {
        return new Values(task.valueBytes());
    }

    long number(long place) {
        return order.at(place % entries);
    }

    private SplittableRandom random(int thread) {
        return new SplittableRandom(task.seed() * 31 + thread);
    }

    private LongSupplier uniform(int thread) {
        SplittableRandom random = random(thread);
        return () -> Math.unsignedMultiplyHigh(random.nextLong(), entries);
    }

    private LongSupplier zipfian(int thread) {
        SplittableRandom random = random(thread);
        Zipfian ranks = new Zipfian(entries);
        return () -> order.at(ranks.next(random));
    }

    /// Puts of numbered entries.
    private record Puts(Keys keys, LongSupplier numbers, long version) implements Job {
        @Override
        public long step() throws IOException {
            keys.put(numbers.getAsLong(), version);
            return 1;
        }

        @Override
        public long userBytes() {
            return keys.userBytes();
        }
    }

    /// Gets of entries that are there.
    private record Gets(Keys keys, LongSupplier numbers) implements Job {
        @Override
        public long step() throws IOException {
            keys.get(numbers.getAsLong());
            return 1;
        }
    }

    /// Gets of keys that are not there.
    private record Misses(Keys keys, LongSupplier numbers) implements Job {
        @Override
        public long step() throws IOException {
            keys.miss(numbers.getAsLong());
            return 1;
        }
    }

    /// Batches of puts, each to keys that come next in the random order.
    private static final class Batches implements Job {
        private final Jobs jobs;
        private final Session session;
        private final Values values;
        private final KeyShape.Maker[] makers = new KeyShape.Maker[BATCH];
        private final byte[][] keys = new byte[BATCH][];
        private final byte[][] filled = new byte[BATCH][];
        private long place;
        private long userBytes;

        Batches(Jobs jobs, Session session) {
            this.jobs = jobs;
            this.session = session;
            this.values = jobs.values();
            for (int i = 0; i < BATCH; i++) {
                makers[i] = jobs.maker();
                filled[i] = new byte[values.length()];
            }
        }

        @Override
        public long step() throws IOException {
            int count = (int) Math.min(BATCH, jobs.entries - place % jobs.entries);
            for (int i = 0; i < count; i++) {
                keys[i] = makers[i].present(jobs.number(place++));
                values.fill(keys[i], 0, filled[i]);
                userBytes += keys[i].length + filled[i].length;
            }
            session.putBatch(keys, filled, count);
            return count;
        }

        @Override
        public long userBytes() {
            return userBytes;
        }
    }

    /// Scans of everything; a latency is that of 1,000 entries.
    private static final class FullScans implements Job {
        private static final int SLICE = 1_000;

        private final Keys keys;
        private final boolean isForward;
        private final long expected;

        FullScans(Keys keys, boolean isForward, long expected, Histogram latencies) {
            this.keys = keys;
            this.isForward = isForward;
            this.expected = expected;
            keys.recordEach(SLICE, latencies);
        }

        @Override
        public long step() throws IOException {
            keys.scanAll(isForward, expected);
            return expected;
        }

        @Override
        public int latencyOf() {
            return SLICE;
        }
    }
}
