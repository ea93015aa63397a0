package dev.firn;

import java.util.List;

/// What [Firn#verify] found.
///
/// @param files files read whole
/// @param bytes bytes read
/// @param blocks blocks and log records checked
/// @param entries entries checked
/// @param damages everything that is wrong, by file; empty when all is well
/// @param unread files that could not be opened, for want of permission, say: nothing is known of
///     what is in them
public record VerifyReport(int files, long bytes, long blocks, long entries, List<Damage> damages,
        List<Damage> unread) {
    /// Copies the lists.
    public VerifyReport {
        damages = List.copyOf(damages);
        unread = List.copyOf(unread);
    }

    /// Whether every file was read and nothing is wrong.
    public boolean isClean() {
        return damages.isEmpty() && unread.isEmpty();
    }

    /// One damage.
    ///
    /// @param file the file's name in the store's directory
    /// @param offset where in the file, in bytes, or -1 when it concerns the whole
    /// @param what what is wrong
    public record Damage(String file, long offset, String what) {}
}
