package dev.firn.bench.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.FlushOptions;
import org.rocksdb.HyperClockCache;
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
        Cache cache = own(new HyperClockCache(setup.budgetBytes(), 0, -1, false));
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

    /// Of what the binding offers, arrays that are copied into were measured to be faster than
    /// direct buffers, and an iterator that is refreshed faster than a new one for each scan.
    private static final class RocksSession implements Session {
        private static final int BUFFER_BYTES = 64 << 10;

        private final RocksDB db;
        private final ReadOptions reads = new ReadOptions();
        private final WriteOptions writes = new WriteOptions();
        private final WriteBatch batch = new WriteBatch();
        private final byte[] key = new byte[BUFFER_BYTES];
        private final byte[] value = new byte[BUFFER_BYTES];
        private @Nullable RocksIterator iterator;

        RocksSession(RocksDB db, boolean isSynced) {
            this.db = db;
            writes.setSync(isSynced);
        }

        @Override
        public void put(byte[] key, byte[] value) throws IOException {
            try {
                db.put(writes, key, value);
            } catch (RocksDBException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void putBatch(byte[][] keys, byte[][] values, int count) throws IOException {
            try {
                batch.clear();
                for (int i = 0; i < count; i++) {
                    batch.put(keys[i], values[i]);
                }
                db.write(writes, batch);
            } catch (RocksDBException e) {
                throw new IOException(e);
            }
        }

        @Override
        public int get(byte[] key, byte[] target) throws IOException {
            try {
                return db.get(reads, key, target);
            } catch (RocksDBException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void delete(byte[] key) throws IOException {
            try {
                db.delete(writes, key);
            } catch (RocksDBException e) {
                throw new IOException(e);
            }
        }

        @Override
        public long scan(byte @Nullable [] from, boolean isForward, long limit, Visitor visitor)
                throws IOException {
            long shown = 0;
            try {
                RocksIterator at = iterator();
                seek(at, from, isForward);
                while (shown < limit && at.isValid()) {
                    visitor.entry(key, at.key(key), value, at.value(value));
                    if (++shown < limit) {
                        if (isForward) {
                            at.next();
                        } else {
                            at.prev();
                        }
                    }
                }
                at.status();
            } catch (RocksDBException e) {
                throw new IOException(e);
            }
            return shown;
        }

        /// The iterator of this thread, as of now.
        private RocksIterator iterator() throws RocksDBException {
            RocksIterator it = iterator;
            if (it == null) {
                it = db.newIterator(reads);
                iterator = it;
            } else {
                it.refresh();
            }
            return it;
        }

        private static void seek(RocksIterator at, byte @Nullable [] from, boolean isForward) {
            if (from == null) {
                if (isForward) {
                    at.seekToFirst();
                } else {
                    at.seekToLast();
                }
            } else if (isForward) {
                at.seek(from);
            } else {
                at.seekForPrev(from);
            }
        }

        @Override
        public void close() {
            if (iterator != null) {
                iterator.close();
            }
            batch.close();
            writes.close();
            reads.close();
        }
    }
}
