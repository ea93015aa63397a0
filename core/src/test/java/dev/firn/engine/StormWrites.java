package dev.firn.engine;

import dev.firn.Durability;
import dev.firn.Firn;
import dev.firn.FirnMXBean;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.WriteBatch;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Writes of one thread to its keys, and everything that a store does besides reading.
final class StormWrites {
    private static final Durability[] LEVELS = Durability.values();
    private final Firn store;
    private final Keyspace space;
    private final StormKeys keys;
    private final Random random;
    private final String name;

    StormWrites(Firn store, Keyspace space, StormKeys keys, Random random, int thread) {
        this.store = store;
        this.space = space;
        this.keys = keys;
        this.random = random;
        this.name = "of-" + thread;
    }

    private Durability level() {
        return LEVELS[random.nextInt(LEVELS.length)];
    }

    /// Writes a new value to some key, or null to delete it.
    private Workers.Work write(boolean delete, IntConsumer call) {
        return () -> {
            int i = random.nextInt(StormKeys.COUNT);
            byte[] before = keys.values[i];
            keys.values[i] = delete
                    ? null
                    : TestData.random(random.nextLong(), random.nextInt(2_000));
            try {
                call.accept(i);
            } catch (Throwable t) {
                keys.values[i] = before;
                throw t;
            }
        };
    }

    private byte @Nullable [] value(int i) {
        return keys.values[i];
    }

    private static MemorySegment memory(byte[] bytes) {
        return MemorySegment.ofArray(bytes);
    }

    void addTo(StormCalls calls) {
        String type = "Keyspace";
        calls.on(type, "put(byte[], byte[])",
                write(false, i -> space.put(keys.key(i), value(i))))
                .on(type, "put(byte[], byte[], Durability)",
                        write(false, i -> space.put(keys.key(i), value(i), level())))
                .on(type, "put(MemorySegment, MemorySegment)", write(false,
                        i -> space.put(memory(keys.key(i)), memory(value(i)))))
                .on(type, "put(MemorySegment, MemorySegment, Durability)", write(false,
                        i -> space.put(memory(keys.key(i)), memory(value(i)), level())))
                .on(type, "delete(byte[])", write(true, i -> space.delete(keys.key(i))))
                .on(type, "delete(byte[], Durability)",
                        write(true, i -> space.delete(keys.key(i), Durability.SYNC)))
                .on(type, "delete(MemorySegment)",
                        write(true, i -> space.delete(memory(keys.key(i)))))
                .on(type, "flush()", space::flush)
                .on(type, "compact(KeyRange)", () -> space.compact(keys.range()))
                .yes(type, "name()", () -> space.name().equals("storm"))
                .yes(type, "options()", () -> space.options() != null)
                .yes(type, "isClosed()", () -> !space.isClosed());
        batches(calls);
        keyspaces(calls);
        upkeep(calls);
        bean(calls);
    }

    private void batches(StormCalls calls) {
        calls.on("Firn", "write(WriteBatch)", write(false, i -> store.write(
                WriteBatch.create().put(space, keys.key(i), value(i)))))
                .on("Firn", "write(WriteBatch, Durability)", write(false, i -> store.write(
                        WriteBatch.create().put(space, keys.key(i), value(i)), level())));
        String type = "WriteBatch";
        calls.yes(type, "create()", () -> WriteBatch.create().size() == 0)
                .on(type, "put(Keyspace, byte[], byte[])", write(false, i -> store.write(
                        WriteBatch.create().put(space, keys.key(i), value(i)), Durability.SYNC)))
                .on(type, "put(Keyspace, MemorySegment, MemorySegment)", write(false,
                        i -> store.write(WriteBatch.create().put(space, memory(keys.key(i)),
                                memory(value(i))))))
                .on(type, "delete(Keyspace, byte[])", write(true, i -> store.write(
                        WriteBatch.create().delete(space, keys.key(i)), Durability.SYNC)))
                .on(type, "delete(Keyspace, MemorySegment)", write(true, i -> store.write(
                        WriteBatch.create().delete(space, memory(keys.key(i))))))
                .yes(type, "size()", () -> one().size() == 1)
                .yes(type, "bytes()", () -> one().bytes() > 0)
                .on(type, "clear()", () -> one().clear());
    }

    private WriteBatch one() {
        return WriteBatch.create().put(space, keys.key(0), new byte[1]);
    }

    private void keyspaces(StormCalls calls) {
        String type = "Firn";
        calls.yes(type, "directory()", () -> store.directory() != null)
                .yes(type, "keyspace()", () -> !store.keyspace().isClosed())
                .on(type, "keyspace(String)",
                        () -> store.keyspace(name).put(keys.key(0), new byte[100]))
                .yes(type, "findKeyspace(String)", () -> store.findKeyspace("storm") != null)
                .on(type, "createKeyspace(String, KeyspaceOptions)", () -> {
                    drop(name + "-created");
                    store.createKeyspace(name + "-created", KeyspaceOptions.defaults());
                })
                .on(type, "dropKeyspace(String)", () -> drop(name))
                .yes(type, "keyspaceNames()", () -> store.keyspaceNames().contains("storm"))
                .yes(type, "put(byte[], byte[])", () -> store.put(keys.key(0), new byte[10]) > 0)
                .yes(type, "get(byte[])", () -> store.get(keys.key(1)) == null)
                .yes(type, "delete(byte[])", () -> store.delete(keys.key(0)) > 0);
    }

    private void drop(String dropped) {
        if (store.findKeyspace(dropped) != null) {
            store.dropKeyspace(dropped);
        }
    }

    private void upkeep(StormCalls calls) {
        String type = "Firn";
        calls.on(type, "sync()", store::sync).on(type, "flush()", store::flush)
                .on(type, "compact()", store::compact)
                .on(type, "awaitIdle(Duration)",
                        () -> store.awaitIdle(Duration.ofMillis(random.nextInt(5))))
                .on(type, "pauseCompaction()", () -> {
                    store.pauseCompaction();
                    store.resumeCompaction();
                })
                .on(type, "resumeCompaction()", store::resumeCompaction)
                .yes(type, "statistics()", () -> store.statistics().failure() == null)
                .yes(type, "tree()", () -> !store.tree().isEmpty())
                .yes(type, "mxBean()", () -> store.mxBean() != null);
    }

    /// Every attribute, by reflection: none has an argument.
    private void bean(StormCalls calls) {
        FirnMXBean bean = store.mxBean();
        Arrays.stream(FirnMXBean.class.getMethods()).forEach(
                method -> calls.yes("FirnMXBean", method.getName() + "()",
                        () -> attribute(bean, method)));
    }

    private static boolean attribute(FirnMXBean bean, Method method) {
        try {
            return method.invoke(bean) != null;
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
