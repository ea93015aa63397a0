package dev.firn;

/// How far a write has travelled when the call that made it returns.
///
/// Chosen for a store with [Options#durability] and for a single write by passing a value to the
/// write. The levels can be mixed freely: a [#SYNC] write makes every logged write before it
/// durable too, because the log is one sequence.
public enum Durability {
    /// The write is in the log and the log has been forced to the device: it survives power loss.
    /// Threads that wait at the same time share one force.
    SYNC,

    /// The write is in the log, handed to the operating system: it survives the death of the
    /// process (an exception, `SIGKILL`, the OOM killer), not a power loss. The log is forced in
    /// the background at the interval of [Options#syncInterval].
    BUFFERED,

    /// The write is only in memory and is not logged. It becomes durable when its memtable has been
    /// flushed, whole batches at a time; a crash before that loses it.
    NONE
}
