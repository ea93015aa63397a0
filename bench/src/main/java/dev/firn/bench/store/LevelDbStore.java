package dev.firn.bench.store;

import java.io.File;
import java.io.IOException;
import java.util.Map;
import org.iq80.leveldb.DB;
import org.iq80.leveldb.DBIterator;
import org.iq80.leveldb.Options;
import org.iq80.leveldb.WriteBatch;
import org.iq80.leveldb.WriteOptions;
import org.iq80.leveldb.impl.DbImpl;
import org.iq80.leveldb.impl.Iq80DBFactory;
import org.jspecify.annotations.Nullable;

/// LevelDB, written anew in Java. It does not tell when background work is due, so it counts as
/// settled when its files have not changed for a while.
final class LevelDbStore implements Contender {
    private static final long QUIET_MILLIS = 500;
    private static final long LOOK_MILLIS = 20;

    private final DbImpl db;
    private final File directory;
    private final boolean isSynced;

    LevelDbStore(Setup setup, boolean isTuned) throws IOException {
        directory = setup.directory().toFile();
        isSynced = setup.isSynced();
        Options options = new Options();
        if (isTuned) {
            options.cacheSize(setup.budgetBytes()).writeBufferSize((int) setup.memtableBytes());
        }
        db = (DbImpl) Iq80DBFactory.factory.open(directory, options);
    }

    @Override
    public Session session() {
        return new LevelDbSession(db, isSynced);
    }

    @Override
    public void settle() throws IOException {
        db.flushMemTable();
        long quietSince = System.nanoTime();
        long before = fingerprint();
        while (System.nanoTime() - quietSince < QUIET_MILLIS * 1_000_000) {
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            long now = fingerprint();
            if (now != before) {
                before = now;
                quietSince = System.nanoTime();
            }
        }
    }

    private long fingerprint() {
        long sum = 0;
        File[] files = directory.listFiles();
        if (files != null) {
            for (File file : files) {
                sum += file.getName().hashCode() * 31L + file.length();
            }
        }
        return sum;
    }

    @Override
    public void close() {
        db.close();
    }

    private static final class LevelDbSession implements Session {
        private final DB db;
        private final WriteOptions writes;

        LevelDbSession(DB db, boolean isSynced) {
            this.db = db;
            this.writes = new WriteOptions().sync(isSynced);
        }

        @Override
        public void put(byte[] key, byte[] value) {
            db.put(key.clone(), value.clone(), writes);
        }

        @Override
        public void putBatch(byte[][] keys, byte[][] values, int count) throws IOException {
            try (WriteBatch batch = db.createWriteBatch()) {
                for (int i = 0; i < count; i++) {
                    batch.put(keys[i].clone(), values[i].clone());
                }
                db.write(batch, writes);
            }
        }

        @Override
        public int get(byte[] key, byte[] target) {
            byte[] value = db.get(key);
            if (value == null) {
                return -1;
            }
            System.arraycopy(value, 0, target, 0, value.length);
            return value.length;
        }

        @Override
        public void delete(byte[] key) {
            db.delete(key.clone(), writes);
        }

        @Override
        public long scan(byte @Nullable [] from, boolean isForward, long limit, Visitor visitor)
                throws IOException {
            if (!isForward) {
                throw new UnsupportedOperationException("it has no scans backwards");
            }
            long shown = 0;
            try (DBIterator iterator = db.iterator()) {
                if (from == null) {
                    iterator.seekToFirst();
                } else {
                    iterator.seek(from);
                }
                while (shown < limit && iterator.hasNext()) {
                    Map.Entry<byte[], byte[]> entry = iterator.next();
                    byte[] key = entry.getKey();
                    byte[] value = entry.getValue();
                    visitor.entry(key, key.length, value, value.length);
                    shown++;
                }
            }
            return shown;
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
