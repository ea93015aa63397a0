package dev.firn.storage;

/// How a [FileStorage] reaches the bytes of a file.
public enum FileAccess {
    /// Through a memory mapping where that is known to be sound, else as [#POSITIONED]. A page that
    /// is not in memory is read inside the copy, where the thread cannot reach a safepoint.
    MAPPED,

    /// By a system call (`pread`, `pwrite`) for each access.
    POSITIONED
}
