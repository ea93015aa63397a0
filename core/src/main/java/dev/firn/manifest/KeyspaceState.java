package dev.firn.manifest;

import dev.firn.KeyspaceOptions;

/// What the manifest knows about a keyspace. Immutable.
///
/// @param id its number, which no other keyspace of the store ever had
/// @param name its name, which no other keyspace has now
/// @param options what was chosen when it was created
/// @param version its tree
/// @param flushedSequence what was written to it up to this sequence number, included, is in its
///     tables
public record KeyspaceState(
        int id, String name, KeyspaceOptions options, Version version, long flushedSequence) {
    /// The longest name, in bytes.
    public static final int NAME_LENGTH_MAX = 64;

    /// Whether it may be a keyspace's name: 1 to 64 of the characters `A`-`Z`, `a`-`z`, `0`-`9`,
    /// `_`, `.` and `-`.
    public static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= NAME_LENGTH_MAX
                && name.chars().allMatch(KeyspaceState::isNameCharacter);
    }

    private static boolean isNameCharacter(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '.'
                || c == '-';
    }

    KeyspaceState with(Version newVersion) {
        return new KeyspaceState(id, name, options, newVersion, flushedSequence);
    }

    KeyspaceState flushed(long sequence) {
        return new KeyspaceState(id, name, options, version, sequence);
    }
}
