package dev.firn.sstable;

import dev.firn.key.UserKey;
import org.jspecify.annotations.Nullable;

/// What is known about a whole table: what the writer counted, and what an open table says of
/// itself.
///
/// @param fileBytes the size of the file
/// @param entries the number of entries, tombstones included
/// @param tombstones the number of tombstones
/// @param smallest the first key
/// @param largest the last key
/// @param sequenceMin the smallest sequence number
/// @param sequenceMax the largest sequence number
/// @param rawKeyBytes the keys of all entries together
/// @param rawValueBytes the values of all entries together
/// @param createdMillis when it was written, in milliseconds since 1970
/// @param codec the name of the codec it was written with
/// @param owner the keyspace it was written for, or null where the table does not tell
/// @param flushed what was written to the keyspace up to this sequence number was in tables when
///     this one was written, in it or in older ones; 0 where the table does not tell
/// @param coverage what the table replaces, or null where it does not tell
public record TableFacts(long fileBytes, long entries, long tombstones, UserKey smallest,
        UserKey largest, long sequenceMin, long sequenceMax, long rawKeyBytes, long rawValueBytes,
        long createdMillis, String codec, @Nullable TableOwner owner, long flushed,
        @Nullable Coverage coverage) {
    /// These facts with the size of the file.
    TableFacts withFileBytes(long bytes) {
        return new TableFacts(bytes, entries, tombstones, smallest, largest, sequenceMin,
                sequenceMax, rawKeyBytes, rawValueBytes, createdMillis, codec, owner, flushed,
                coverage);
    }
}
