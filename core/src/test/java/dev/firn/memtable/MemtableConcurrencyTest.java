package dev.firn.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.cursor.EntryCursor;
import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import dev.firn.memtable.Model.Version;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// One writer and several readers: each reader finds everything up to the sequence it has read, by
/// key and by cursor in both directions, and nothing out of order. The canaries show that it would
/// notice.
class MemtableConcurrencyTest {
    private static final int READERS = 3;
    private static final int PATIENCE = 3_000;

    @ParameterizedTest
    @EnumSource
    void readersFindEverythingPublished(KeyShape shape) throws InterruptedException {
        boolean longKeys = shape == KeyShape.SHARED || shape == KeyShape.LONGEST;
        for (int seed = 0; seed < 3; seed++) {
            assertThat(new Race(shape, seed, longKeys ? 400 : 8_000, NodeWriter::new).run())
                    .isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void readersFindEverythingPublishedForLong(KeyShape shape) throws InterruptedException {
        boolean longKeys = shape == KeyShape.SHARED || shape == KeyShape.LONGEST;
        for (int seed = 0; seed < 60; seed++) {
            assertThat(new Race(shape, seed, longKeys ? 1_000 : 30_000, NodeWriter::new).run())
                    .isNull();
        }
    }

    @Test
    void aCountPublishedBeforeItsSlotIsNoticed() throws InterruptedException {
        noticed(arena -> new NodeWriter(arena) {
            @Override
            void putLinear(MemorySegment s, long node, int head, int count, int key, int child) {
                Node.INTS.setRelease(s, node + Node.HEAD, head + 1);
                dawdle();
                super.putLinear(s, node, head, count, key, child);
            }
        });
    }

    @Test
    void aNodeTakenAwayBeforeItsSuccessorStandsIsNoticed() throws InterruptedException {
        noticed(arena -> new NodeWriter(arena) {
            @Override
            void replace(int reference, long slot, int child) {
                super.replace(reference, slot, 0);
                dawdle();
                super.replace(reference, slot, child);
            }
        });
    }

    @Test
    void aSuccessorWithoutTheLastChildIsNoticed() throws InterruptedException {
        noticed(arena -> new NodeWriter(arena) {
            @Override
            int grow(int reference) {
                int copy = super.grow(reference);
                int head = arena.memory(copy).get(Node.INT, arena.offset(copy));
                if (Node.capacity(head) < Node.INDEXED) {
                    arena.memory(copy).set(Node.INT, arena.offset(copy), head - 1);
                }
                return copy;
            }
        });
    }

    private static void dawdle() {
        for (int i = 0; i < PATIENCE; i++) {
            Thread.onSpinWait();
        }
    }

    private static void noticed(Function<MemtableArena, NodeWriter> broken)
            throws InterruptedException {
        Throwable failure = null;
        for (int seed = 0; seed < 50 && failure == null; seed++) {
            failure = new Race(KeyShape.WIDE, seed, 2_000, broken).run();
        }
        assertThat(failure).isNotNull();
    }

    /// One memtable, filled by one thread with entries that are known beforehand, and read
    /// meanwhile.
    private static final class Race {
        /// By sequence - 1.
        private final List<Version> versions = new ArrayList<>();

        /// Where a version stands in the order of all, by sequence - 1; and the sequences in that
        /// order.
        private final int[] rank;
        private final long[] ordered;

        private final Function<MemtableArena, NodeWriter> nodes;
        private final long seed;
        private final AtomicLong published = new AtomicLong();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Race(KeyShape shape, long seed, int entries, Function<MemtableArena, NodeWriter> nodes) {
            this.seed = seed;
            this.nodes = nodes;
            Random random = new Random(seed);
            for (int s = 1; s <= entries; s++) {
                versions.add(new Version(shape.next(random), Trailer.of(s, ValueKind.PUT)));
            }
            ordered = versions.stream().sorted(Version.ORDER)
                    .mapToLong(v -> Trailer.sequence(v.trailer())).toArray();
            rank = new int[entries];
            for (int i = 0; i < entries; i++) {
                rank[(int) ordered[i] - 1] = i;
            }
        }

        /// Runs the race and returns what went wrong.
        @Nullable
        Throwable run() throws InterruptedException {
            MemoryBudget budget = new MemoryBudget(256 << 20);
            try (ChunkPool pool = new ChunkPool(budget, 256 << 10);
                    Memtable memtable = new Memtable(pool, nodes)) {
                List<Thread> threads = new ArrayList<>();
                for (int i = 0; i < READERS; i++) {
                    Random random = new Random(seed * READERS + i);
                    threads.add(start(() -> read(memtable, random)));
                }
                threads.add(start(() -> write(memtable)));
                for (Thread thread : threads) {
                    thread.join();
                }
            }
            assertThat(budget.used()).isZero();
            return failure.get();
        }

        private interface Part {
            void run() throws IOException;
        }

        private Thread start(Part part) {
            return Thread.ofPlatform().start(() -> {
                try {
                    part.run();
                } catch (Throwable t) {
                    failure.compareAndSet(null, t);
                }
            });
        }

        private void write(Memtable memtable) {
            for (Version version : versions) {
                if (failure.get() != null) {
                    return;
                }
                byte[] key = version.key();
                MemorySegment value =
                        MemorySegment.ofArray(new byte[]{key.length > 0 ? key[0] : 0});
                assertThat(memtable.insert(key, 0, key.length, version.trailer(), value, 0, 1))
                        .isTrue();
                published.setRelease(Trailer.sequence(version.trailer()));
            }
        }

        private void read(Memtable memtable, Random random) throws IOException {
            try (EntryCursor cursor = memtable.cursor(); Arena arena = Arena.ofConfined()) {
                MemorySegment scratch = arena.allocate(Memtable.KEY_BYTES_MAX);
                long sequence;
                do {
                    sequence = published.getAcquire();
                    if (sequence > 0) {
                        for (int i = 0; i < 20; i++) {
                            find(memtable, sequence, random.nextInt((int) sequence));
                        }
                        scan(cursor, sequence, random, scratch);
                        scanBack(cursor, sequence, random, scratch);
                    }
                } while (sequence < versions.size() && failure.get() == null);
            }
        }

        private void find(Memtable memtable, long sequence, int i) {
            byte[] key = versions.get(i).key();
            int expected = rank[i];
            while (expected > 0 && Arrays.equals(key,
                    versions.get((int) ordered[expected - 1] - 1).key())) {
                expected--;
            }
            while (ordered[expected] > sequence) {
                expected++;
            }
            long found = memtable.find(key, 0, key.length, sequence);
            if (found == 0 || Trailer.sequence(memtable.trailer(found)) != ordered[expected]) {
                throw new AssertionError("find " + versions.get(i) + " at " + sequence);
            }
        }

        private static final int STEPS = 200;

        private void scan(EntryCursor cursor, long sequence, Random random, MemorySegment scratch)
                throws IOException {
            int next = 0;
            boolean more;
            if (random.nextInt(4) == 0) {
                more = cursor.seekToFirst();
            } else {
                next = rank[random.nextInt(versions.size())];
                Version target = target(next, scratch);
                more = cursor.seek(scratch, 0, target.key().length, target.trailer());
            }
            for (int step = 0; step < STEPS; step++, more = cursor.next()) {
                int at = more ? rank[(int) Trailer.sequence(cursor.trailer()) - 1] : ordered.length;
                passed(next, at, sequence);
                if (!more) {
                    return;
                }
                next = at + 1;
            }
        }

        private void scanBack(EntryCursor cursor, long sequence, Random random,
                MemorySegment scratch)
                throws IOException {
            int previous = ordered.length - 1;
            boolean more;
            if (random.nextInt(4) == 0) {
                more = cursor.seekToLast();
            } else {
                previous = rank[random.nextInt(versions.size())];
                Version target = target(previous--, scratch);
                more = cursor.seekBefore(scratch, 0, target.key().length, target.trailer());
            }
            for (int step = 0; step < STEPS; step++, more = cursor.previous()) {
                int at = more ? rank[(int) Trailer.sequence(cursor.trailer()) - 1] : -1;
                passed(at + 1, previous + 1, sequence);
                if (!more) {
                    return;
                }
                previous = at - 1;
            }
        }

        private Version target(int rank, MemorySegment scratch) {
            Version target = versions.get((int) ordered[rank] - 1);
            MemorySegment.copy(target.key(), 0, scratch, ValueLayout.JAVA_BYTE, 0,
                    target.key().length);
            return target;
        }

        /// A cursor went over the ranks from one to before another: they must all be newer.
        private void passed(int from, int to, long sequence) {
            if (from > to) {
                throw new AssertionError("out of order");
            }
            for (int i = from; i < to; i++) {
                if (ordered[i] <= sequence) {
                    throw new AssertionError("passed over " + ordered[i] + " at " + sequence);
                }
            }
        }
    }
}
