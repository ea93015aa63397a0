package dev.firn.manifest;

import dev.firn.key.Trailer;
import dev.firn.key.UserKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the manifest knows about a table. Immutable.
///
/// A table holds the keys from `smallest` to `largest`, both included. What a reader may see of it
/// can be less: a compaction that consumes a run slice by slice *trims* the table instead of
/// rewriting what is left. Keys below `lower` or at or above `upper` are then as if they were not
/// in the table. The visible keys are never none, and a bound that hides nothing is stored as null,
/// so equal tables are equal records.
///
/// @param file the file's number
/// @param tableId the identity that salts the table's checksums
/// @param fileBytes the size of the file
/// @param rawBytes the size of all keys and values before compression
/// @param entries how many entries the table has, trimmed ones and tombstones included
/// @param tombstones how many of them are tombstones
/// @param smallest the first key in the file
/// @param largest the last key in the file
/// @param lower the first visible key may be this one, or null when nothing is hidden below
/// @param upper visible keys are before this one, or null when nothing is hidden above
/// @param smallestSequence the smallest sequence number of an entry
/// @param largestSequence the largest sequence number of an entry
/// @param createdMillis when the table was written, in milliseconds since 1970
/// @param codec the id of the codec of its data blocks
public record TableMeta(
        long file,
        long tableId,
        long fileBytes,
        long rawBytes,
        long entries,
        long tombstones,
        UserKey smallest,
        UserKey largest,
        @Nullable UserKey lower,
        @Nullable UserKey upper,
        long smallestSequence,
        long largestSequence,
        long createdMillis,
        int codec) {

    /// Checks the values against each other.
    public TableMeta {
        Objects.requireNonNull(smallest, "smallest");
        Objects.requireNonNull(largest, "largest");
        check(file > 0, "its number must be positive");
        check(fileBytes >= 0 && rawBytes >= 0, "its sizes must not be negative");
        check(0 <= tombstones && tombstones <= entries, "it has more tombstones than entries");
        check(
                0 <= smallestSequence
                        && smallestSequence <= largestSequence
                        && largestSequence <= Trailer.SEQUENCE_MAX,
                "its sequence numbers are out of order");
        check(createdMillis >= 0, "it was created before 1970");
        check(codec >= 0 && codec <= 255, "its codec's id must be 0 to 255");
        check(smallest.compareTo(largest) <= 0, "its smallest key is behind its largest");
        lower = lower != null && lower.compareTo(smallest) <= 0 ? null : lower;
        upper = upper != null && upper.compareTo(largest) > 0 ? null : upper;
        UserKey first = lower != null ? lower : smallest;
        check(
                upper != null ? first.compareTo(upper) < 0 : first.compareTo(largest) <= 0,
                "its bounds hide every key");
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException("table cannot be: " + otherwise);
        }
    }

    /// Whether the bounds hide some of the table's keys.
    public boolean isTrimmed() {
        return lower != null || upper != null;
    }

    /// The least key that may be visible.
    public UserKey first() {
        return lower != null ? lower : smallest;
    }

    /// Where the visible keys end: the last one that may be visible, or, with [#isEndExclusive],
    /// the key before which they all are.
    public UserKey end() {
        return upper != null ? upper : largest;
    }

    /// Whether [#end] itself is hidden.
    public boolean isEndExclusive() {
        return upper != null;
    }

    /// Whether every visible key comes before the key.
    public boolean isBefore(byte[] key, int at, int length) {
        int order = end().compareTo(key, at, length);
        return order < 0 || (order == 0 && isEndExclusive());
    }

    /// Whether every visible key comes before the key.
    public boolean isBefore(UserKey key) {
        int order = end().compareTo(key);
        return order < 0 || (order == 0 && isEndExclusive());
    }

    /// Whether every visible key comes after the key.
    public boolean isAfter(byte[] key, int at, int length) {
        return first().compareTo(key, at, length) > 0;
    }

    /// Whether the key lies between the visible ends, so that the table has to be asked.
    public boolean covers(byte[] key, int at, int length) {
        return !isAfter(key, at, length) && !isBefore(key, at, length);
    }

    /// Whether a key from `from` (inclusive, null: the first there is) to `to` (exclusive, null:
    /// behind the last) can be visible here.
    public boolean overlaps(@Nullable UserKey from, @Nullable UserKey to) {
        return (from == null || !isBefore(from)) && (to == null || first().compareTo(to) < 0);
    }

    /// Whether a key can be visible in both tables.
    public boolean overlaps(TableMeta other) {
        return !isBefore(other.first()) && !other.isBefore(first());
    }

    /// This table with less to be seen.
    ///
    /// @param newLower the first key that may stay visible, or null to leave that side as it is
    /// @param newUpper the key before which all stays visible, or null to leave that side as it is
    /// @throws IllegalArgumentException when a hidden key would be visible again, or none would be
    public TableMeta trimmed(@Nullable UserKey newLower, @Nullable UserKey newUpper) {
        if (newLower != null && newLower.compareTo(first()) < 0) {
            throw new IllegalArgumentException(
                    "table cannot be: a trim would show lower keys again");
        }
        if (newUpper != null && newUpper.compareTo(end()) > 0) {
            throw new IllegalArgumentException(
                    "table cannot be: a trim would show upper keys again");
        }
        return new TableMeta(
                file,
                tableId,
                fileBytes,
                rawBytes,
                entries,
                tombstones,
                smallest,
                largest,
                newLower != null ? newLower : lower,
                newUpper != null ? newUpper : upper,
                smallestSequence,
                largestSequence,
                createdMillis,
                codec);
    }

    /// The name of its file.
    public String fileName() {
        return StoreFile.table(file).name();
    }
}
