package dev.firn.bench.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.RocksObject;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// RocksDB through its own Java binding, as it comes or as one who knows it well would set it.
final class RocksStore implements Contender {
    static {
        RocksDB.loadLibrary();
    }

    private static final int QUIET_LOOKS = 5;
    private static final List<String> WORK = List.of("rocksdb.mem-table-flush-pending",
            "rocksdb.num-running-flushes", "rocksdb.compaction-pending",
            "rocksdb.num-running-compactions");

    private final List<RocksObject> owned = new ArrayList<>();
    private final Options options = own(new Options());
    private final RocksDB db;
    private final boolean isSynced;

    RocksStore(Setup setup, boolean isTuned) throws IOException {
        isSynced = setup.isSynced();
        options.setCreateIfMissing(true);
        if (isTuned) {
            tune(setup);
        }
        try {
            db = RocksDB.open(options, setup.directory().toString());
        } catch (RocksDBException e) {
            throw new IOException(e);
        }
    }

    private <T extends RocksObject> T own(T object) {
        owned.add(object);
        return object;
    }

    private void tune(Setup setup) {
        int processors = Runtime.getRuntime().availableProcessors();
        Cache cache = own(new LRUCache(setup.budgetBytes()));
        // Indexes and filters stay with the open tables, outside the cache: they are never evicted.
        options.setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(cache)
                .setBlockSize(4096).setFilterPolicy(own(new BloomFilter(10)))
                .setCacheIndexAndFilterBlocks(false)
                .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
                .setDataBlockHashTableUtilRatio(0.75));
        options.setWriteBufferSize(setup.memtableBytes()).setMaxWriteBufferNumber(3)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setMaxBackgroundJobs(Math.max(4, processors)).setMaxSubcompactions(2)
                .setMaxBytesForLevelBase(4 * setup.memtableBytes())
                .setTargetFileSizeBase(64L << 20).setBytesPerSync(1 << 20).setMaxOpenFiles(-1)
                .setStatsDumpPeriodSec(0);
    }

    @Override
    public Session session() {
        return new RocksSession(db, isSynced);
    }

    /// Its binding cannot wait for compactions, so it is asked every millisecond.
    @Override
    public void settle() throws IOException {
        try (FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
            db.flush(flush);
            int quiet = 0;
            while (quiet < QUIET_LOOKS) {
                Thread.sleep(1);
                long work = 0;
                for (String property : WORK) {
                    work += db.getLongProperty(property);
                }
                quiet = work == 0 ? quiet + 1 : 0;
            }
        } catch (RocksDBException | InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        db.close();
        for (RocksObject object : owned.reversed()) {
            object.close();
        }
    }

    private static final class RocksSession implements Session {
        private static final int BUFFER_BYTES = 64 << 10;

        private final RocksDB db;
        private final ReadOptions reads = new ReadOptions();
        private final WriteOptions writes = new WriteOptions();
        private final WriteBatch batch = new WriteBatch();
        private final ByteBuffer keyBuffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final ByteBuffer valueBuffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final byte[] key = new byte[BUFFER_BYTES];
        private final byte[] value = new byte[BUFFER_BYTES];

        RocksSession(RocksDB db, boolean isSynced) {
            this.db = db;
            writes.setSync(isSynced);
        }

        @Override
        public void put(byte[] key, byte[] value) throws IOException {
            try {
                db.put(writes, in(keyBuffer, key), in(valueBuffer, value));
            } catch (RocksDBException e) {
                throw new IOException(e);
            }
        }

        private static ByteBuffer in(ByteBuffer buffer, byte[] bytes) {
            return buffer.clear().put(bytes).flip();
        }

        @Override
        public void putBatch(byte[][] keys, byte[][] values, int count) throws IOException {
            try {
                batch.clear();
                for (int i = 0; i < count; i++) {
                    batch.put(in(keyBuffer, keys[i]), in(valueBuffer, values[i]));
                }
                db.write(writes, batch);
            } catch (RocksDBException e) {
                throw new IOException(e);
            }
        }

        @Override
        public int get(byte[] key, byte[] target) throws IOException {
            try {
                int length = db.get(reads, in(keyBuffer, key), valueBuffer.clear());
                if (length >= 0) {
                    valueBuffer.get(0, target, 0, length);
                }
                return length;
            } catch (RocksDBException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void delete(byte[] key) throws IOException {
            try {
                db.delete(writes, in(keyBuffer, key));
            } catch (RocksDBException e) {
                throw new IOException(e);
            }
        }

        @Override
        public long scan(byte @Nullable [] from, boolean isForward, long limit, Visitor visitor)
                throws IOException {
            long shown = 0;
            try (RocksIterator iterator = db.newIterator(reads)) {
                seek(iterator, from, isForward);
                while (shown < limit && iterator.isValid()) {
                    int keyLength = iterator.key(keyBuffer.clear());
                    keyBuffer.get(0, key, 0, keyLength);
                    int valueLength = iterator.value(valueBuffer.clear());
                    valueBuffer.get(0, value, 0, valueLength);
                    visitor.entry(key, keyLength, value, valueLength);
                    if (++shown < limit) {
                        if (isForward) {
                            iterator.next();
                        } else {
                            iterator.prev();
                        }
                    }
                }
                iterator.status();
            } catch (RocksDBException e) {
                throw new IOException(e);
            }
            return shown;
        }

        private void seek(RocksIterator iterator, byte @Nullable [] from, boolean isForward) {
            if (from == null) {
                if (isForward) {
                    iterator.seekToFirst();
                } else {
                    iterator.seekToLast();
                }
            } else if (isForward) {
                iterator.seek(in(keyBuffer, from));
            } else {
                iterator.seekForPrev(in(keyBuffer, from));
            }
        }

        @Override
        public void close() {
            batch.close();
            writes.close();
            reads.close();
        }
    }
}
