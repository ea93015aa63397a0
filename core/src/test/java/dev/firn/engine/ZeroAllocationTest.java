package dev.firn.engine;

import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.random;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Firn;
import dev.firn.Keyspace;
import dev.firn.Options;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A read into the caller's memory from cached blocks leaves nothing for the collector.
///
/// Counted by the JVM for this thread. A handful of bytes is let through over a million reads: the
/// counter itself, and a compiler that gives up a compilation, may allocate once. One object of 16
/// bytes a read would be 16 MB.
class ZeroAllocationTest {
    private static final int READS = 1_000_000;
    private static final int ENTRIES = 20_000;
    private static final long ALLOWED_BYTES = 1_024;
    private static final int ROUNDS = 5;

    @TempDir
    Path directory;

    @Test
    void aMillionCachedReadsAllocateNothing() {
        try (Firn store = Firn.open(directory, Options.defaults().withMemoryBytes(64L << 20));
                Arena arena = Arena.ofConfined()) {
            fill(store);
            Keyspace space = store.keyspace();
            byte[] key = number(0);
            MemorySegment heapKey = MemorySegment.ofArray(number(0));
            MemorySegment nativeKey = arena.allocate(Long.BYTES);
            MemorySegment heap = MemorySegment.ofArray(new byte[256]);
            MemorySegment memory = arena.allocate(256);
            allocatesNothing("get(byte[], heap)", i -> {
                put(key, i);
                return space.get(key, heap);
            });
            allocatesNothing("get(byte[], native)", i -> {
                put(key, i);
                return space.get(key, memory);
            });
            allocatesNothing("get(native, native)", i -> {
                put(nativeKey, i);
                return space.get(nativeKey, memory);
            });
            allocatesNothing("get(heap segment, native)", i -> {
                put(heapKey, i);
                return space.get(heapKey, memory);
            });
            allocatesNothing("contains(byte[])", i -> {
                put(key, i);
                return space.contains(key) ? 100 : -1;
            });
            assertThat(store.statistics().cache().hits()).isGreaterThan(4L * READS);
        }
    }

    /// Two runs in tables, nothing in memtables; every block is read once.
    private static void fill(Firn store) {
        for (int i = 0; i < ENTRIES; i++) {
            store.put(number(i), random(i, 100));
        }
        store.compact();
        for (int i = 0; i < ENTRIES; i += 10) {
            store.put(number(i), random(-i, 100));
        }
        store.flush();
        for (int i = 0; i < ENTRIES; i++) {
            assertThat(store.get(number(i))).isEqualTo(random(i % 10 == 0 ? -i : i, 100));
        }
    }

    private static void put(byte[] key, long number) {
        for (int i = 7; i >= 0; i--) {
            key[i] = (byte) number;
            number >>>= 8;
        }
    }

    private static void put(MemorySegment key, long number) {
        for (int i = 7; i >= 0; i--) {
            key.set(ValueLayout.JAVA_BYTE, i, (byte) number);
            number >>>= 8;
        }
    }

    private static void allocatesNothing(String what, LongUnaryOperator read) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().threadId();
        reads(read, READS / 2);
        threads.getThreadAllocatedBytes(id);
        // On a busy machine the compiler may lag behind, and code that is not compiled yet
        // allocates what is optimised away later; reads that allocate do so in every round.
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least >= ALLOWED_BYTES; round++) {
            long before = threads.getThreadAllocatedBytes(id);
            reads(read, READS);
            least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
        }
        assertThat(least).as(what).isNotNegative().isLessThan(ALLOWED_BYTES);
    }

    private static void reads(LongUnaryOperator read, int count) {
        for (int i = 0; i < count; i++) {
            // A stride that visits every key in an order that no block has.
            long length = read.applyAsLong(i * 7_919L % ENTRIES);
            if (length != 100) {
                throw new AssertionError("a value of " + length + " bytes");
            }
        }
    }
}
