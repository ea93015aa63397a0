package dev.firn.bench.store;

import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mapdb.BTreeMap;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;

/// MapDB's tree map in one file: as it comes with its log (transactions), which is committed after
/// each write only where writes are synced; tuned, in a mapped file without a log, which a crash
/// may leave damaged.
final class MapDbStore implements Contender {
    private static final int NODE_ENTRIES = 32;
    private static final long START_BYTES = 64L << 20;

    private final DB db;
    private final BTreeMap<byte[], byte[]> map;
    private final boolean isSynced;

    MapDbStore(Setup setup, boolean isTuned) {
        DBMaker.Maker maker = DBMaker.fileDB(setup.directory().resolve("entries.db").toFile())
                .closeOnJvmShutdown();
        isSynced = setup.isSynced();
        if (isTuned) {
            maker.fileMmapEnableIfSupported().fileMmapPreclearDisable()
                    .allocateStartSize(START_BYTES).allocateIncrement(START_BYTES);
        }
        if (!isTuned || isSynced) {
            maker.transactionEnable();
        }
        db = maker.make();
        var tree = db.treeMap("entries", Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY);
        map = (isTuned ? tree.maxNodeSize(NODE_ENTRIES) : tree).createOrOpen();
    }

    @Override
    public Session session() {
        return new MapDbSession();
    }

    @Override
    public void settle() {
        db.commit();
    }

    @Override
    public void close() {
        db.close();
    }

    private final class MapDbSession implements Session {
        @Override
        public void put(byte[] key, byte[] value) {
            map.put(key.clone(), value.clone());
            commitIfSynced();
        }

        private void commitIfSynced() {
            if (isSynced) {
                db.commit();
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
            map.remove(key.clone());
            commitIfSynced();
        }

        @Override
        public long scan(byte @Nullable [] from, boolean isForward, long limit, Visitor visitor) {
            Iterator<Map.Entry<byte[], byte[]>> entries = isForward
                    ? map.entryIterator(from, true, null, false)
                    : map.descendingEntryIterator(null, false, from, true);
            long shown = 0;
            while (shown < limit && entries.hasNext()) {
                Map.Entry<byte[], byte[]> entry = entries.next();
                byte[] key = entry.getKey();
                byte[] value = entry.getValue();
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
