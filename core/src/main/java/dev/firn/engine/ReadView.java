package dev.firn.engine;

/// What a read of a keyspace consults: the active memtable, the frozen ones newest first, and the
/// tree. Immutable; replaced as a whole. Whoever looks at one has entered [ReadContexts], or
/// retains it through the [VersionSet].
final class ReadView {
    private final LiveMemtable[] memtables;
    private final Tree tree;

    /// Constructs it of its parts.
    ///
    /// @param memtables the active one first; the array is taken over
    /// @param tree the tables
    ReadView(LiveMemtable[] memtables, Tree tree) {
        this.memtables = memtables;
        this.tree = tree;
    }

    /// The active memtable first; not to be changed.
    LiveMemtable[] memtables() {
        return memtables;
    }

    LiveMemtable active() {
        return memtables[0];
    }

    Tree tree() {
        return tree;
    }
}
