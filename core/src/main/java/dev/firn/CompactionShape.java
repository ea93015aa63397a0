package dev.firn;

/// The shape that compaction gives the tree of a keyspace: what is merged with what, and when.
public enum CompactionShape {
    /// Every level below the first is one sorted run, ten times larger than the one above: fewest
    /// runs to read and least space, most bytes rewritten. For stores that are read and scanned all
    /// the time.
    LEVELED,
    /// Every level gathers several sorted runs before they are merged into one on the next level:
    /// fewest bytes rewritten, most runs to read, most space. For stores that are mostly written.
    TIERED,
    /// Tiered above, leveled at the last level ("lazy leveling", Dayan and Idreos 2018): the
    /// default.
    HYBRID
}
