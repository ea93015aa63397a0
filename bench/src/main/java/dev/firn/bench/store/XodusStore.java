package dev.firn.bench.store;

import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.env.Cursor;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.EnvironmentConfig;
import jetbrains.exodus.env.EnvironmentImpl;
import jetbrains.exodus.env.Environments;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.StoreConfig;
import jetbrains.exodus.env.Transaction;
import org.jspecify.annotations.Nullable;

/// Xodus' environments: a copy-on-write tree in an append-only log, with a transaction for each
/// write and each read. A B-tree: its other tree, by prefixes, shows keys that begin with another
/// key in the wrong order when scanned backwards.
final class XodusStore implements Contender {
    private final EnvironmentImpl environment;
    private final Store store;

    XodusStore(Setup setup, boolean isTuned) {
        EnvironmentConfig config = new EnvironmentConfig()
                .setLogDurableWrite(setup.isSynced()).setGcStartIn(0);
        if (isTuned) {
            config.setMemoryUsage(setup.budgetBytes()).setLogCacheShared(false);
        }
        environment = (EnvironmentImpl) Environments.newInstance(setup.directory().toFile(),
                config);
        Environment env = environment;
        store = env.computeInTransaction(txn -> env.openStore("entries",
                StoreConfig.WITHOUT_DUPLICATES, txn));
    }

    @Override
    public Session session() {
        return new XodusSession();
    }

    @Override
    public void settle() {
        environment.flushAndSync();
    }

    @Override
    public void close() {
        environment.close();
    }

    private final class XodusSession implements Session {
        private final byte[] keyBuffer = new byte[1 << 16];
        private final byte[] valueBuffer = new byte[1 << 16];

        @Override
        public void put(byte[] key, byte[] value) {
            ByteIterable k = new ArrayByteIterable(key.clone());
            ByteIterable v = new ArrayByteIterable(value.clone());
            environment.executeInTransaction(txn -> store.put(txn, k, v));
        }

        @Override
        public void putBatch(byte[][] keys, byte[][] values, int count) {
            environment.executeInTransaction(txn -> {
                for (int i = 0; i < count; i++) {
                    store.put(txn, new ArrayByteIterable(keys[i].clone()),
                            new ArrayByteIterable(values[i].clone()));
                }
            });
        }

        @Override
        public int get(byte[] key, byte[] target) {
            Transaction txn = environment.beginReadonlyTransaction();
            try {
                ByteIterable value = store.get(txn, new ArrayByteIterable(key));
                return value == null ? -1 : copy(value, target);
            } finally {
                txn.abort();
            }
        }

        private static int copy(ByteIterable source, byte[] target) {
            int length = source.getLength();
            System.arraycopy(source.getBytesUnsafe(), 0, target, 0, length);
            return length;
        }

        @Override
        public void delete(byte[] key) {
            ByteIterable k = new ArrayByteIterable(key.clone());
            environment.executeInTransaction(txn -> store.delete(txn, k));
        }

        @Override
        public long scan(byte @Nullable [] from, boolean isForward, long limit, Visitor visitor) {
            long shown = 0;
            Transaction txn = environment.beginReadonlyTransaction();
            try (Cursor cursor = store.openCursor(txn)) {
                boolean is = seek(cursor, from, isForward);
                while (is) {
                    int keyLength = copy(cursor.getKey(), keyBuffer);
                    visitor.entry(keyBuffer, keyLength, valueBuffer,
                            copy(cursor.getValue(), valueBuffer));
                    if (++shown == limit) {
                        break;
                    }
                    is = isForward ? cursor.getNext() : cursor.getPrev();
                }
            } finally {
                txn.abort();
            }
            return shown;
        }

        private static boolean seek(Cursor cursor, byte @Nullable [] from, boolean isForward) {
            if (from == null) {
                return isForward ? cursor.getNext() : cursor.getLast();
            }
            ByteIterable wanted = new ArrayByteIterable(from);
            boolean isAtOrAfter = cursor.getSearchKeyRange(wanted) != null;
            if (isForward) {
                return isAtOrAfter;
            }
            if (!isAtOrAfter) {
                return cursor.getLast();
            }
            return cursor.getKey().compareTo(wanted) == 0 || cursor.getPrev();
        }

        @Override
        public void close() {
            // Holds no more than arrays.
        }
    }
}
