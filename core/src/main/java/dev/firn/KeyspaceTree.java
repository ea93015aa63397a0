package dev.firn;

import java.util.List;

/// The tree of a keyspace at one moment.
///
/// @param name the keyspace
/// @param shape its compaction shape
/// @param memtables the active memtable, then the frozen ones, newest first
/// @param tables the tables in the order in which a read consults them
public record KeyspaceTree(
        String name, CompactionShape shape, List<MemtableInfo> memtables, List<TableInfo> tables) {
    /// Copies the lists.
    public KeyspaceTree {
        memtables = List.copyOf(memtables);
        tables = List.copyOf(tables);
    }

    /// A memtable.
    ///
    /// @param frozen whether it waits for its flush
    /// @param bytes bytes in use
    /// @param bytesMax bytes at which it is frozen
    /// @param entries versions and tombstones in it
    /// @param tombstones deletions in it
    public record MemtableInfo(
            boolean frozen, long bytes, long bytesMax, long entries, long tombstones) {}
}
