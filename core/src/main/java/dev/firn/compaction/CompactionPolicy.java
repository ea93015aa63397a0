package dev.firn.compaction;

import dev.firn.KeyspaceOptions;
import dev.firn.manifest.Version;

/// Decides what to do next with the tree of a keyspace: a pure function, without I/O, clock or
/// lock.
///
/// Carrying out what it chooses and asking again comes to an end: with no writes, and the same
/// load, it says [CompactionChoice.Idle] after finitely many choices. It can be asked while choices
/// are being carried out; what it adds is disjoint from them.
///
/// A tree may come from another shape: every policy understands every version. Level 0 has a run a
/// flush, whose id is larger than that of every earlier flush (a file number); a merged run takes
/// the id of the newest run in it, or of the run that it extends, so ids order runs by age.
public sealed interface CompactionPolicy permits LeveledPolicy, TieredPolicy, HybridPolicy {
    /// What to do next.
    CompactionChoice choose(Version version, Load load, Busy busy);

    /// How much the tree lags behind, for the writers to be slowed by.
    Debt debt(Version version, Load load);

    /// The policy of the shape in the options.
    static CompactionPolicy of(KeyspaceOptions options) {
        return switch (options.shape()) {
            case LEVELED -> new LeveledPolicy(options.tableBytes());
            case TIERED -> new TieredPolicy(options.tableBytes());
            case HYBRID -> new HybridPolicy(options.tableBytes());
        };
    }
}
