package dev.firn.bench.store;

import dev.firn.Cursor;
import dev.firn.Durability;
import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.Options;
import dev.firn.WriteBatch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Firn with one budget for everything.
final class FirnStore implements Contender {
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private final Firn store;

    FirnStore(Setup setup, boolean isMapped) {
        store = Firn.open(setup.directory(),
                Options.defaults().withMemoryBytes(setup.budgetBytes())
                        .withMemtableBytes(setup.memtableBytes()).withMappedReads(isMapped)
                        .withDurability(
                                setup.isSynced() ? Durability.SYNC : Durability.BUFFERED));
    }

    @Override
    public Session session() {
        return new FirnSession(store);
    }

    @Override
    public void settle() throws IOException {
        store.flush();
        if (!store.awaitIdle(PATIENCE)) {
            throw new IOException("background work did not end within " + PATIENCE);
        }
    }

    @Override
    public long syncs() {
        return store.statistics().log().syncs();
    }

    @Override
    public long memoryPeak() {
        return store.statistics().memory().peak();
    }

    @Override
    public void close() {
        store.close();
    }

    private static final class FirnSession implements Session {
        private static final int BUFFER_BYTES = 64 << 10;

        private final Firn store;
        private final Keyspace keyspace;
        private final WriteBatch batch = WriteBatch.create();
        private final byte[] key = new byte[BUFFER_BYTES];
        private final byte[] value = new byte[BUFFER_BYTES];
        private final MemorySegment keySegment = MemorySegment.ofArray(key);
        private final MemorySegment valueSegment = MemorySegment.ofArray(value);
        private byte[] target = value;
        private MemorySegment targetSegment = valueSegment;

        FirnSession(Firn store) {
            this.store = store;
            this.keyspace = store.keyspace();
        }

        @Override
        public void put(byte[] key, byte[] value) {
            keyspace.put(key, value);
        }

        @Override
        public void putBatch(byte[][] keys, byte[][] values, int count) {
            batch.clear();
            for (int i = 0; i < count; i++) {
                batch.put(keyspace, keys[i], values[i]);
            }
            store.write(batch);
        }

        @Override
        public int get(byte[] key, byte[] target) {
            if (target != this.target) {
                this.target = target;
                targetSegment = MemorySegment.ofArray(target);
            }
            return keyspace.get(key, targetSegment);
        }

        @Override
        public void delete(byte[] key) {
            keyspace.delete(key);
        }

        @Override
        public long scan(byte @Nullable [] from, boolean isForward, long limit, Visitor visitor) {
            long shown = 0;
            try (Cursor cursor = keyspace.scan(KeyRange.all())) {
                boolean is = first(cursor, from, isForward);
                while (is) {
                    visitor.entry(key, cursor.copyKey(keySegment), value,
                            cursor.copyValue(valueSegment));
                    if (++shown == limit) {
                        break;
                    }
                    is = isForward ? cursor.next() : cursor.previous();
                }
            }
            return shown;
        }

        private static boolean first(Cursor cursor, byte @Nullable [] from, boolean isForward) {
            if (from == null) {
                return isForward ? cursor.next() : cursor.previous();
            }
            return isForward ? cursor.seek(from) : cursor.seekAtOrBefore(from);
        }

        @Override
        public void close() {
            // Holds no more than arrays.
        }
    }
}
