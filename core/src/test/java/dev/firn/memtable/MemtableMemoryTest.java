package dev.firn.memtable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.cursor.EntryCursor;
import dev.firn.cursor.ValueTarget;
import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import dev.firn.memtable.Model.Version;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import dev.firn.util.MemoryBudget.Use;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a memtable takes from the budget, what it says about it, and what happens when there is no
/// more.
class MemtableMemoryTest {
    private final MemoryBudget budget = new MemoryBudget(256 << 20);
    private final ChunkPool pool = new ChunkPool(budget, 1 << 20);

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(budget.used(Use.MEMTABLE)).isZero();
        pool.close();
        assertThat(budget.used()).isZero();
    }

    @Test
    void anIdleMemtableTakesNothingAndASmallOneLittle() {
        try (Memtable memtable = new Memtable(pool)) {
            assertThat(budget.used()).isZero();
            assertThat(memtable.bytes()).isZero();
            assertThat(memtable.firstSequence()).isZero();
            assertThat(memtable.find(new byte[0], 0, 0, Trailer.SEQUENCE_MAX)).isZero();
            Model model = new Model(memtable);
            model.put(new byte[3], new byte[10]);
            assertThat(budget.used()).isEqualTo(4 << 10);
            model.put(new byte[4], new byte[10_000]);
            assertThat(budget.used()).isEqualTo(72 << 10);
            model.put(new byte[5], new byte[100_000]);
            assertThat(budget.used()).isEqualTo((72 << 10) + (1 << 20));
            assertThat(memtable.reservedBytes()).isEqualTo(budget.used(Use.MEMTABLE));
            assertThat(memtable.firstSequence()).isEqualTo(1);
            assertThat(memtable.lastSequence()).isEqualTo(3);
        }
    }

    @Test
    void aLargeEntryGetsAPieceOfItsOwnSize() throws IOException {
        try (Memtable memtable = new Memtable(pool)) {
            Model model = new Model(memtable);
            byte[] large = new byte[5 << 20];
            new Random(1).nextBytes(large);
            model.put(new byte[]{1}, large);
            int leaf = 20 + 1 + (5 << 20) + 3;
            assertThat(budget.used()).isEqualTo(leaf);
            model.put(new byte[]{2}, new byte[1]);
            model.put(new byte[]{2}, large);
            model.put(new byte[]{1}, new byte[0]);
            model.checkAll();
            assertThat(memtable.bytes()).isEqualTo(32 + leaf + 24 + (24 + (5 << 20)) + 24);
        }
    }

    @ParameterizedTest
    @EnumSource
    void bytesAreWhatARecountGives(KeyShape shape) {
        try (Memtable memtable = new Memtable(pool)) {
            Model model = new Model(memtable);
            Random random = new Random(shape.ordinal());
            for (int i = 0; i < 500 * shape.scale; i++) {
                model.put(shape.next(random), new byte[random.nextInt(50)]);
                if (i % 100 == 0) {
                    assertThat(memtable.bytes()).isEqualTo(recount(model));
                }
            }
            assertThat(memtable.bytes()).isEqualTo(recount(model));
            assertThat(memtable.reservedBytes()).isEqualTo(budget.used(Use.MEMTABLE));
        }
    }

    /// The bytes of a tree with these entries, from the sorted keys alone: neighbours part at a
    /// node, and a node has been through all sizes up to the one that holds its children.
    private static long recount(Model model) {
        long bytes = 0;
        TreeSet<ByteBuffer> keys = new TreeSet<>((a, b) -> java.util.Arrays
                .compareUnsigned(a.array(), b.array()));
        for (Map.Entry<Version, byte[]> entry : model.entries.descendingMap().entrySet()) {
            byte[] key = entry.getKey().key();
            boolean first = keys.add(ByteBuffer.wrap(key));
            bytes += (first ? 20 + key.length : 24) + entry.getValue().length + 7 & ~7;
        }
        Map<ByteBuffer, Integer> partings = new HashMap<>();
        ByteBuffer before = null;
        for (ByteBuffer key : keys) {
            if (before != null) {
                int common = before.mismatch(key);
                partings.merge(ByteBuffer.wrap(key.array(), 0, common), 1, Integer::sum);
            }
            before = key;
        }
        for (Map.Entry<ByteBuffer, Integer> parting : partings.entrySet()) {
            ByteBuffer prefix = parting.getKey();
            byte[] end = new byte[prefix.remaining()];
            prefix.duplicate().get(end);
            int children = parting.getValue() + (keys.contains(ByteBuffer.wrap(end)) ? 0 : 1);
            bytes += 32 + (children > 4 ? 64 : 0) + (children > 10 ? 128 : 0)
                    + (children > 23 ? 480 : 0) + (children > 53 ? 1056 : 0);
        }
        return bytes;
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedInsertChangesNothing(KeyShape shape) throws IOException {
        for (int seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            int chunkBytes = shape == KeyShape.LONGEST ? 1 << 18 : 4 << 10;
            MemoryBudget small = new MemoryBudget(chunkBytes * (4L + random.nextInt(20)) + 123);
            try (ChunkPool few = new ChunkPool(small, chunkBytes);
                    Memtable memtable = new Memtable(few)) {
                Model model = new Model(memtable);
                int refused = 0;
                for (int i = 0; i < 100_000 && refused < 50; i++) {
                    byte[] key = shape.next(random);
                    byte[] value = new byte[random.nextInt(random.nextBoolean() ? 30 : 3000)];
                    long bytes = memtable.bytes();
                    long reserved = memtable.reservedBytes();
                    if (!model.put(key, value)) {
                        refused++;
                        assertThat(memtable.bytes()).isEqualTo(bytes);
                        assertThat(memtable.reservedBytes()).isEqualTo(reserved);
                        model.checkFind(key, Trailer.SEQUENCE_MAX);
                    }
                    assertThat(small.used(Use.MEMTABLE)).isEqualTo(memtable.reservedBytes());
                }
                assertThat(refused).isEqualTo(50);
                assertThat(small.used()).isLessThanOrEqualTo(small.limit());
                model.checkAll();
                for (Version version : model.entries.keySet()) {
                    model.checkFind(version.key(), Trailer.sequence(version.trailer()));
                }
            }
            assertThat(small.used()).isZero();
        }
    }

    @Test
    void aValueThatCannotBeReadChangesNothing() throws IOException {
        try (Memtable memtable = new Memtable(pool)) {
            Model model = new Model(memtable);
            model.put(new byte[]{1}, new byte[9]);
            model.put(new byte[]{1, 2}, new byte[9]);
            long bytes = memtable.bytes();
            MemorySegment value = MemorySegment.ofArray(new byte[10]);
            MemorySegment dead;
            try (Arena arena = Arena.ofConfined()) {
                dead = arena.allocate(10);
            }
            for (byte[] key : new byte[][]{{1}, {2}, {1, 2, 3}, {}}) {
                assertThatThrownBy(() -> memtable.insert(key, 0, key.length,
                        Trailer.of(3, ValueKind.PUT), value, 5, 6))
                        .isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> memtable.insert(key, 0, key.length,
                        Trailer.of(3, ValueKind.PUT), dead, 0, 6))
                        .isInstanceOf(IllegalStateException.class);
            }
            assertThatThrownBy(() -> memtable.insert(new byte[2], 1, 2, 0, value, 0, 0))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> memtable.insert(new byte[65_537], 0, 65_537, 0, value, 0, 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(memtable.bytes()).isEqualTo(bytes);
            model.checkAll();
            model.put(new byte[]{1, 2, 3}, new byte[9]);
            model.checkAll();
        }
    }

    @Test
    void useAfterCloseIsRefused() throws IOException {
        Memtable memtable = new Memtable(pool);
        Model model = new Model(memtable);
        byte[] key = {1};
        model.put(key, new byte[10]);
        model.put(new byte[]{2}, new byte[10]);
        long found = memtable.find(key, 0, 1, 9);
        EntryCursor cursor = memtable.cursor();
        EntryCursor unused = memtable.cursor();
        EntryCursor closed = memtable.cursor();
        closed.seekToFirst();
        closed.close();
        refused(closed::seekToFirst);
        refused(closed::next);
        refused(closed::keyLength);
        assertThat(closed.isValid()).isFalse();
        assertThat(cursor.seekToFirst()).isTrue();
        memtable.close();
        memtable.close();
        refused(() -> memtable.find(key, 0, 1, 9));
        refused(() -> memtable.trailer(found));
        refused(() -> memtable.valueLength(found));
        refused(() -> memtable.readValue(found, new ValueTarget()));
        refused(() -> memtable.insert(key, 0, 1, Trailer.of(9, ValueKind.PUT), MemorySegment.NULL,
                0, 0));
        refused(memtable::cursor);
        refused(cursor::next);
        refused(cursor::previous);
        refused(cursor::keyMemory);
        refused(cursor::trailer);
        refused(() -> cursor.copyValue(0, MemorySegment.NULL, 0, 0));
        refused(cursor::seekToLast);
        refused(unused::seekToFirst);
        refused(() -> unused.seek(MemorySegment.NULL, 0, 0, 0));
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalStateException.class)
                .hasMessage("Already closed");
    }

    @Test
    void theAccessorsOfACursorNeedAnEntry() throws IOException {
        try (Memtable memtable = new Memtable(pool); EntryCursor cursor = memtable.cursor()) {
            assertThat(cursor.seekToFirst()).isFalse();
            assertThat(cursor.seekToLast()).isFalse();
            assertThat(cursor.seek(MemorySegment.NULL, 0, 0, -1)).isFalse();
            assertThat(cursor.seekBefore(MemorySegment.NULL, 0, 0, 0)).isFalse();
            assertThatThrownBy(cursor::trailer).isInstanceOf(IllegalStateException.class);
            new Model(memtable).put(new byte[1], new byte[5]);
            assertThat(cursor.seekToFirst()).isTrue();
            assertThatThrownBy(() -> cursor.copyValue(3, MemorySegment.ofArray(new byte[9]), 0, 3))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(cursor.next()).isFalse();
            assertThatThrownBy(cursor::next).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(cursor::keyMemory).isInstanceOf(IllegalStateException.class);
        }
    }
}
