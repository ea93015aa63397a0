package dev.firn.bench.store;

import java.util.Iterator;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/// H2's MVStore, a copy-on-write tree of objects on the heap. A put changes the heap only; what is
/// new is written every second, or when the write buffer is full, so the death of the process
/// loses more here than elsewhere. Synced writes commit and force each time.
final class MvStore implements Contender {
    private final MVStore store;
    private final MVMap<byte[], byte[]> map;
    private final boolean isSynced;

    MvStore(Setup setup, boolean isTuned) {
        var builder = new MVStore.Builder()
                .fileName(setup.directory().resolve("entries.mv").toString());
        if (isTuned) {
            builder.cacheSize((int) (setup.budgetBytes() >> 20))
                    .autoCommitBufferSize((int) (setup.memtableBytes() >> 10));
        }
        store = builder.open();
        isSynced = setup.isSynced();
        map = store.openMap("entries", new MVMap.Builder<byte[], byte[]>()
                .keyType(MvBytes.INSTANCE).valueType(MvBytes.INSTANCE));
    }

    @Override
    public Session session() {
        return new MvSession();
    }

    @Override
    public void settle() {
        store.commit();
        store.sync();
    }

    @Override
    public void close() {
        store.close();
    }

    private final class MvSession implements Session {
        @Override
        public void put(byte[] key, byte[] value) {
            map.put(key.clone(), value.clone());
            commitIfSynced();
        }

        private void commitIfSynced() {
            if (isSynced) {
                store.commit();
                store.sync();
            }
        }

        @Override
        public void putBatch(byte[][] keys, byte[][] values, int count) {
            for (int i = 0; i < count; i++) {
                map.put(keys[i].clone(), values[i].clone());
            }
            commitIfSynced();
        }

        @Override
        public int get(byte[] key, byte[] target) {
            byte[] value = map.get(key);
            if (value == null) {
                return -1;
            }
            System.arraycopy(value, 0, target, 0, value.length);
            return value.length;
        }

        @Override
        public void delete(byte[] key) {
            map.remove(key);
            commitIfSynced();
        }

        @Override
        public long scan(byte @Nullable [] from, boolean isForward, long limit, Visitor visitor) {
            Cursor<byte[], byte[]> cursor = map.cursor(from, null, !isForward);
            Iterator<byte[]> keys = cursor;
            long shown = 0;
            while (shown < limit && keys.hasNext()) {
                byte[] key = keys.next();
                byte[] value = cursor.getValue();
                visitor.entry(key, key.length, value, value.length);
                shown++;
            }
            return shown;
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
