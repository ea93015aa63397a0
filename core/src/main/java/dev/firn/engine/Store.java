package dev.firn.engine;

import dev.firn.Durability;
import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.KeyspaceTree;
import dev.firn.Options;
import dev.firn.Snapshot;
import dev.firn.Statistics;
import dev.firn.WriteBatch;
import dev.firn.engine.WorkHealth.Work;
import dev.firn.storage.FileAccess;
import dev.firn.storage.FileStorage;
import dev.firn.storage.Storage;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// An open store: the front of its [StoreParts], which [StoreOpening] has put together.
public final class Store implements Firn {
    private final Path directory;
    private final Options options;
    private final StoreParts parts;
    private final BackgroundWait waiting;
    private final ReentrantLock closing = new ReentrantLock();
    private boolean closed;

    Store(Path directory, Options options, java.util.function.Function<Store, StoreParts> opening) {
        this.directory = directory;
        this.options = options;
        this.parts = opening.apply(this);
        this.waiting = new BackgroundWait(location(), parts.tasks(), health());
    }

    /// Opens a store in the file system, with resources of its own unless the options name some.
    public static Firn open(Path directory, Options options) {
        FileAccess reads = options.mappedReads() ? FileAccess.MAPPED : FileAccess.POSITIONED;
        SharedResources shared = (SharedResources) options.resources();
        SharedResources own = shared != null ? null : ownResources(directory, options);
        SharedResources used = own != null ? own : Objects.requireNonNull(shared);
        try {
            return open(
                    directory,
                    new FileStorage(directory, FileAccess.MAPPED, reads),
                    options,
                    used,
                    own != null,
                    new SecureRandom().nextLong());
        } catch (Throwable t) {
            if (own != null) {
                own.close();
            }
            throw t;
        }
    }

    private static SharedResources ownResources(Path directory, Options options) {
        long memory = options.memoryBytes();
        if (options.readOnly()) {
            // The log is replayed into memory and cannot be flushed: there must be room for all of
            // it.
            memory = Math.max(memory,
                    3 * StoreFiles.logBytes(directory) + SharedResources.MEMORY_MIN);
        }
        return SharedResources.create(
                memory, options.backgroundThreads(), options.compactionBytesPerSecond());
    }

    /// Opens a store on any storage, with any resources: for tests and simulations.
    ///
    /// @param ownsResources whether closing the store closes the resources
    /// @param newStoreId the identity of the store if it is created
    public static Store open(
            Path directory,
            Storage storage,
            Options options,
            SharedResources resources,
            boolean ownsResources,
            long newStoreId) {
        return open(
                directory, storage, options, resources, ownsResources, newStoreId,
                FileSizes.DEFAULT);
    }

    /// Opens a store whose files turn over at other sizes than usual.
    public static Store open(
            Path directory,
            Storage storage,
            Options options,
            SharedResources resources,
            boolean ownsResources,
            long newStoreId,
            FileSizes sizes) {
        resources.retain();
        try {
            return new Store(
                    directory,
                    options,
                    store -> new StoreOpening(store, storage, options, resources, ownsResources,
                            newStoreId, sizes)
                            .open());
        } catch (Throwable t) {
            resources.release();
            throw t;
        }
    }

    // What keyspaces, cursors and snapshots need.

    Health health() {
        return parts.health();
    }

    ReadContexts reads() {
        return parts.reads();
    }

    PointRead pointReads() {
        return parts.pointReads();
    }

    CommitPipeline commits() {
        return parts.commits();
    }

    Snapshots snapshots() {
        return parts.snapshots();
    }

    TableFiles files() {
        return parts.files();
    }

    CursorMemories cursorMemories() {
        return parts.cursorMemories();
    }

    Scheduler scheduler() {
        return parts.resources().scheduler();
    }

    Durability durability() {
        return options.durability();
    }

    String location() {
        return parts.storage().location();
    }

    boolean isClosed() {
        return parts.health().isClosed();
    }

    /// The last cursor on a dropped keyspace has closed. A store that is closing waits for those
    /// who have entered, and frees what nobody has taken by then.
    void releaseLastView(StoreKeyspace keyspace) {
        ReadContext context = reads().enter();
        try {
            ReadView last = isClosed() ? null : keyspace.takeLastView();
            if (last != null) {
                parts.keyspaces().released(keyspace);
                parts.reaper().retire(() -> parts.versions().release(last));
            }
        } finally {
            context.exit();
        }
    }

    // The store.

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public Keyspace keyspace() {
        health().checkOpen();
        return parts.keyspaces().defaultKeyspace();
    }

    @Override
    public Keyspace keyspace(String name) {
        health().checkOpen();
        return parts.keyspaces().open(Limits.name(name), options.keyspaceDefaults());
    }

    @Override
    public @Nullable Keyspace findKeyspace(String name) {
        health().checkOpen();
        return parts.keyspaces().find(Limits.name(name));
    }

    @Override
    public Keyspace createKeyspace(String name, KeyspaceOptions keyspaceOptions) {
        Objects.requireNonNull(keyspaceOptions, "options");
        health().checkWritable();
        return parts.keyspaces().create(Limits.name(name), keyspaceOptions);
    }

    @Override
    public void dropKeyspace(String name) {
        health().checkWritable();
        parts.keyspaces().drop(Limits.name(name));
    }

    @Override
    public List<String> keyspaceNames() {
        health().checkOpen();
        return parts.keyspaces().names();
    }

    @Override
    public long write(WriteBatch batch) {
        return write(batch, options.durability());
    }

    @Override
    public long write(WriteBatch batch, Durability durability) {
        Objects.requireNonNull(batch, "batch");
        Objects.requireNonNull(durability, "durability");
        return parts.commits().commit((Batch) batch, durability);
    }

    @Override
    public Snapshot snapshot() {
        health().checkOpen();
        Snapshots.Pin pin =
                parts.snapshots().open(parts.commits()::visible, null, scheduler().nanoTime());
        return new StoreSnapshot(this, pin);
    }

    @Override
    public void sync() {
        health().checkWritable();
        parts.commits().syncAll();
    }

    @Override
    public void flush() {
        health().checkOpen();
        flush(parts.keyspaces().all());
    }

    /// Flushes keyspaces and waits.
    void flush(Collection<StoreKeyspace> spaces) {
        if (parts.isReadOnly()) {
            throw Errors.readOnly();
        }
        health().checkWritable();
        parts.commits().freeze(spaces);
        FlushQueue queue = parts.flusher().queue();
        FlushGroup last = queue.last();
        if (last != null) {
            WorkHealth flushes = health().flush();
            long known = flushes.failures();
            waiting.until(
                    () -> !queue.isPending(last),
                    Work.FLUSH,
                    () -> flushes.failures() == known ? null : flushes.failure());
        }
    }

    @Override
    public void compact() {
        health().checkOpen();
        compact(parts.keyspaces().all(), KeyRange.all());
    }

    /// Flushes and merges keyspaces and waits.
    void compact(Collection<StoreKeyspace> spaces, KeyRange range) {
        flush(spaces);
        for (StoreKeyspace keyspace : spaces) {
            CompactionRequest request = parts.compactions().request(keyspace, range);
            waiting.until(request::isDone, Work.COMPACTION, request::failure);
        }
    }

    @Override
    public boolean awaitIdle(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        health().checkOpen();
        long nanos;
        try {
            nanos = timeout.toNanos();
        } catch (ArithmeticException e) {
            nanos = Long.MAX_VALUE;
        }
        if (parts.isReadOnly()) {
            return true;
        }
        long end = scheduler().nanoTime() + nanos;
        boolean over = waiting.anyEnd(() -> !parts.flusher().queue().isPending(), nanos);
        if (over) {
            long left = nanos == Long.MAX_VALUE ? nanos : end - scheduler().nanoTime();
            over = waiting.anyEnd(parts.compactions().settle(), left);
        }
        health().checkOpen();
        return over && !health().isPoisoned();
    }

    @Override
    public void pauseCompaction() {
        health().checkOpen();
        parts.compactions().pause();
    }

    @Override
    public void resumeCompaction() {
        health().checkOpen();
        parts.compactions().resume();
    }

    @Override
    public Statistics statistics() {
        health().checkOpen();
        return StatisticsReport.of(parts);
    }

    @Override
    public List<KeyspaceTree> tree() {
        health().checkOpen();
        ReadContext context = parts.reads().enter();
        try {
            health().checkOpen();
            return parts.keyspaces().all().stream()
                    .filter(k -> k.view() != null)
                    .map(k -> TreeInfo.tree(k, k.viewOrThrow(), parts.buffer().bytesMax()))
                    .toList();
        } finally {
            context.exit();
        }
    }

    /// Writes that are in no log outlive a clean close all the same, unless flushing fails.
    private @Nullable Throwable flushUnlogged() {
        if (parts.isReadOnly() || parts.health().isPoisoned()) {
            return null;
        }
        try {
            List<StoreKeyspace> unlogged = parts.commits().unlogged();
            if (!unlogged.isEmpty()) {
                flush(unlogged);
            }
            return null;
        } catch (RuntimeException | Error e) {
            return e;
        }
    }

    @Override
    public void close() {
        closing.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            new StoreClosing(parts, flushUnlogged()).close();
        } finally {
            closing.unlock();
        }
    }
}
