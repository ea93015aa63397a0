package dev.firn.compaction;

/// Where the oldest data of a keyspace lies.
public final class Bottom {
    /// The number of the last level, in every shape.
    public static final int LEVEL = Stack.LAST;

    private Bottom() {}
}
