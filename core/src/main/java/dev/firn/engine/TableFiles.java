package dev.firn.engine;

import dev.firn.cache.BlockCache;
import dev.firn.manifest.StoreFile;
import dev.firn.sstable.BufferPool;
import dev.firn.sstable.Codecs;
import dev.firn.sstable.ReadCounters;
import dev.firn.sstable.ReadScratch;
import dev.firn.sstable.Table;
import dev.firn.sstable.TableIdentity;
import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import dev.firn.util.ChunkPool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The open tables of a store: opened when first read, at most so many at a time (the least
/// recently touched is closed), which bounds mappings and memory however many tables there are.
///
/// A table is closed only when no read is under way that might use it ([Reaper]); jobs that read
/// for long pin what they read, and cursors notice by [#closings] that they have to open theirs
/// again.
final class TableFiles {
    private final Storage storage;
    private final long storeId;
    private final BlockCache cache;
    private final ChunkPool pool;
    private final Codecs codecs;
    private final BufferPool buffers;
    private final ReadCounters counters;
    private final ReadCounters upkeep = new ReadCounters();
    private final int openMax;
    private final Reaper reaper;
    private final AtomicLong closings = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final List<TableHandle> open = new ArrayList<>();
    private int hand;

    TableFiles(
            Storage storage,
            long storeId,
            BlockCache cache,
            ChunkPool pool,
            Codecs codecs,
            BufferPool buffers,
            ReadCounters counters,
            int openMax,
            Reaper reaper) {
        this.storage = storage;
        this.storeId = storeId;
        this.cache = cache;
        this.pool = pool;
        this.codecs = codecs;
        this.buffers = buffers;
        this.counters = counters;
        this.openMax = openMax;
        this.reaper = reaper;
    }

    /// The table of a handle, opened if need be. For reads that have entered [ReadContexts], and
    /// jobs that have pinned it.
    Table table(TableHandle handle) throws IOException {
        Table table = handle.table();
        if (table == null) {
            return open(handle);
        }
        if (!handle.touched) {
            handle.touched = true;
        }
        return table;
    }

    private Table open(TableHandle handle) throws IOException {
        Table opened;
        handle.lock.lock();
        try {
            Table table = handle.table();
            if (table != null) {
                return table;
            }
            opened = openFile(handle);
            handle.touched = true;
            handle.set(opened);
        } finally {
            handle.lock.unlock();
        }
        enlist(handle);
        return opened;
    }

    private Table openFile(TableHandle handle) throws IOException {
        ReadFile file = storage.open(StoreFile.table(handle.number()).name());
        TableIdentity identity = new TableIdentity(storeId, handle.meta.tableId());
        try (ReadScratch scratch = new ReadScratch(buffers, upkeep)) {
            return Table.open(file, identity, codecs, cache, pool, scratch);
        }
    }

    BufferPool buffers() {
        return buffers;
    }

    ChunkPool pool() {
        return pool;
    }

    ReadCounters counters() {
        return counters;
    }

    /// Where reads of merges are counted, apart from those of users, by which it is judged whether
    /// anybody reads.
    ReadCounters upkeep() {
        return upkeep;
    }

    private void enlist(TableHandle handle) {
        TableHandle surplus = null;
        lock.lock();
        try {
            open.add(handle);
            if (open.size() > openMax) {
                surplus = untouched();
            }
        } finally {
            lock.unlock();
        }
        if (surplus != null) {
            close(surplus);
        }
    }

    private void relist(TableHandle handle) {
        lock.lock();
        try {
            open.add(handle);
        } finally {
            lock.unlock();
        }
    }

    /// The next table that was not touched since the hand last passed it, taken off the list.
    private @Nullable TableHandle untouched() {
        for (int i = 0; i < 2 * open.size(); i++) {
            hand = hand + 1 < open.size() ? hand + 1 : 0;
            TableHandle handle = open.get(hand);
            if (handle.touched) {
                handle.touched = false;
            } else if (handle.pins == 0) {
                open.set(hand, open.getLast());
                open.removeLast();
                return handle;
            }
        }
        return null;
    }

    /// How often an open table was closed: whoever keeps cursors between reads compares.
    long closings() {
        return closings.get();
    }

    int openCount() {
        lock.lock();
        try {
            return open.size();
        } finally {
            lock.unlock();
        }
    }

    /// Keeps a table open for a job.
    Table pin(TableHandle handle) throws IOException {
        handle.lock.lock();
        try {
            handle.pins++;
        } finally {
            handle.lock.unlock();
        }
        try {
            return table(handle);
        } catch (Throwable t) {
            unpin(handle);
            throw t;
        }
    }

    void unpin(TableHandle handle) {
        handle.lock.lock();
        try {
            handle.pins--;
        } finally {
            handle.lock.unlock();
        }
    }

    private void close(TableHandle handle) {
        Table table;
        handle.lock.lock();
        try {
            table = handle.table();
            if (table == null) {
                return;
            }
            if (handle.pins > 0) {
                relist(handle);
                return;
            }
            handle.set(null);
        } finally {
            handle.lock.unlock();
        }
        closings.incrementAndGet();
        reaper.retire(() -> close(table));
    }

    /// Closes the table of a handle that nobody refers to any more.
    void forget(TableHandle handle) {
        lock.lock();
        try {
            open.remove(handle);
        } finally {
            lock.unlock();
        }
        handle.lock.lock();
        try {
            Table table = handle.table();
            handle.set(null);
            if (table != null) {
                close(table);
            }
        } finally {
            handle.lock.unlock();
        }
    }

    private static void close(Table table) {
        try {
            table.close();
        } catch (Throwable e) {
            System.getLogger("dev.firn")
                    .log(System.Logger.Level.WARNING, "closing a table: {0}", e.toString());
        }
    }

    /// Deletes the file of a table that no version names any more. A failure leaves an orphan,
    /// which the next opening of the store removes.
    void delete(TableHandle handle) {
        delete(StoreFile.table(handle.number()).name());
    }

    /// Closes a table that no read will look at, unless a job has it; then the job's end closes it.
    void closeUnlessPinned(TableHandle handle) {
        boolean isFree;
        handle.lock.lock();
        try {
            isFree = handle.pins == 0;
        } finally {
            handle.lock.unlock();
        }
        if (isFree) {
            forget(handle);
        }
    }

    /// Deletes a file that is not needed any more, see [#delete(TableHandle)]. Never throws: what
    /// made the file useless is done and must not be taken for failed.
    void delete(String name) {
        try {
            storage.delete(name);
        } catch (Throwable e) {
            System.getLogger("dev.firn")
                    .log(System.Logger.Level.WARNING, "could not delete an old file: {0}",
                            e.toString());
        }
    }

    /// Closes all tables; nobody reads any more.
    void close() {
        List<TableHandle> all;
        lock.lock();
        try {
            all = new ArrayList<>(open);
        } finally {
            lock.unlock();
        }
        all.forEach(this::forget);
    }
}
