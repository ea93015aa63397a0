package dev.firn.engine;

import dev.firn.manifest.TableMeta;
import dev.firn.sstable.Table;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A table file that some version names: opened when it is first read, closed again when too many
/// are open, deleted when no version and no reader needs it any more.
///
/// `references` is guarded by the lock of the [VersionSet]; opening and closing by the handle's own
/// lock. `table` is read without one by reads that have entered [ReadContexts].
final class TableHandle {
    final TableMeta meta;
    final ReentrantLock lock = new ReentrantLock();

    /// Trees that name it, and jobs that write or read it.
    int references;

    /// Whether its file has been removed from the directory while cursors still read it.
    volatile boolean unlinked;

    /// Jobs that read it for long; it is not closed meanwhile. Guarded by `lock`.
    int pins;

    private volatile @Nullable Table table;

    /// Set by reads, cleared by whoever looks for tables to close.
    boolean touched;

    TableHandle(TableMeta meta) {
        this.meta = meta;
    }

    long number() {
        return meta.file();
    }

    @Nullable
    Table table() {
        return table;
    }

    void set(@Nullable Table opened) {
        table = opened;
    }
}
