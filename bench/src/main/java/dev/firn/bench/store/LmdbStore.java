package dev.firn.bench.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.ByteBufferProxy;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.Txn;

/// LMDB through lmdbjava. It has no budget: it reads and writes in the page cache. Its own default
/// is to force every write; where the others do not, its default here does not either
/// (`MDB_NOSYNC`). Tuned it writes to the mapping instead of a copy of the page.
final class LmdbStore implements Contender {
    private static final long MAP_BYTES = 1L << 36;

    private final Env<ByteBuffer> env;
    private final Dbi<ByteBuffer> dbi;

    LmdbStore(Setup setup, boolean isTuned) {
        List<EnvFlags> flags = new ArrayList<>();
        if (!setup.isSynced()) {
            flags.add(EnvFlags.MDB_NOSYNC);
        }
        if (isTuned) {
            flags.addAll(List.of(EnvFlags.MDB_WRITEMAP, EnvFlags.MDB_NOMEMINIT,
                    EnvFlags.MDB_NORDAHEAD, EnvFlags.MDB_NOTLS));
        }
        env = Env.create(ByteBufferProxy.PROXY_OPTIMAL).setMapSize(MAP_BYTES).setMaxDbs(1)
                .setMaxReaders(64)
                .open(setup.directory().toFile(), flags.toArray(new EnvFlags[0]));
        dbi = env.openDbi("entries", DbiFlags.MDB_CREATE);
    }

    @Override
    public Session session() {
        return new LmdbSession(env, dbi);
    }

    @Override
    public void settle() {
        env.sync(true);
    }

    @Override
    public void close() {
        env.close();
    }

    private static final class LmdbSession implements Session {
        private static final int KEY_BYTES = 511;
        private static final int BUFFER_BYTES = 64 << 10;

        private final Env<ByteBuffer> env;
        private final Dbi<ByteBuffer> dbi;
        private final ByteBuffer keyBuffer = ByteBuffer.allocateDirect(KEY_BYTES);
        private final ByteBuffer valueBuffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final byte[] key = new byte[KEY_BYTES];
        private final byte[] value = new byte[BUFFER_BYTES];
        private @Nullable Txn<ByteBuffer> reading;
        private @Nullable Cursor<ByteBuffer> cursor;

        LmdbSession(Env<ByteBuffer> env, Dbi<ByteBuffer> dbi) {
            this.env = env;
            this.dbi = dbi;
        }

        /// The read transaction of this thread, as of now. It is reset after each read.
        private Txn<ByteBuffer> reading() {
            Txn<ByteBuffer> txn = reading;
            if (txn == null) {
                txn = env.txnRead();
                reading = txn;
            } else {
                txn.renew();
            }
            return txn;
        }

        private static ByteBuffer in(ByteBuffer buffer, byte[] bytes) {
            return buffer.clear().put(bytes).flip();
        }

        @Override
        public void put(byte[] key, byte[] value) {
            dbi.put(in(keyBuffer, key), in(valueBuffer, value));
        }

        @Override
        public void putBatch(byte[][] keys, byte[][] values, int count) {
            try (Txn<ByteBuffer> txn = env.txnWrite()) {
                for (int i = 0; i < count; i++) {
                    dbi.put(txn, in(keyBuffer, keys[i]), in(valueBuffer, values[i]));
                }
                txn.commit();
            }
        }

        @Override
        public int get(byte[] key, byte[] target) {
            Txn<ByteBuffer> txn = reading();
            ByteBuffer found = dbi.get(txn, in(keyBuffer, key));
            int length = -1;
            if (found != null) {
                length = found.remaining();
                found.get(found.position(), target, 0, length);
            }
            txn.reset();
            return length;
        }

        @Override
        public void delete(byte[] key) {
            dbi.delete(in(keyBuffer, key));
        }

        @Override
        public long scan(byte @Nullable [] from, boolean isForward, long limit, Visitor visitor)
                throws IOException {
            Txn<ByteBuffer> txn = reading();
            Cursor<ByteBuffer> at = cursor;
            if (at == null) {
                at = dbi.openCursor(txn);
                cursor = at;
            } else {
                at.renew(txn);
            }
            long shown = 0;
            boolean is = seek(at, from, isForward);
            while (is) {
                ByteBuffer foundKey = at.key();
                int keyLength = foundKey.remaining();
                foundKey.get(foundKey.position(), key, 0, keyLength);
                ByteBuffer foundValue = at.val();
                int valueLength = foundValue.remaining();
                foundValue.get(foundValue.position(), value, 0, valueLength);
                visitor.entry(key, keyLength, value, valueLength);
                if (++shown == limit) {
                    break;
                }
                is = isForward ? at.next() : at.prev();
            }
            txn.reset();
            return shown;
        }

        private boolean seek(Cursor<ByteBuffer> at, byte @Nullable [] from, boolean isForward) {
            if (from == null) {
                return isForward ? at.first() : at.last();
            }
            boolean isAtOrAfter = at.get(in(keyBuffer, from), GetOp.MDB_SET_RANGE);
            if (isForward) {
                return isAtOrAfter;
            }
            if (!isAtOrAfter) {
                return at.last();
            }
            return at.key().equals(in(keyBuffer, from)) || at.prev();
        }

        @Override
        public void close() {
            if (cursor != null) {
                cursor.close();
            }
            if (reading != null) {
                reading.close();
            }
        }
    }
}
