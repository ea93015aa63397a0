package dev.firn.sstable;

import dev.firn.key.UserKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a flush or a merge has put into one of its tables: of the keys in a range, every version
/// with a sequence number in a range that anybody can still see. What older tables and the log have
/// of them is in here, or was replaced by what is.
///
/// Sequence 0 stands for entries that have lost theirs at the last level. Immutable.
///
/// @param first the smallest sequence number of the range
/// @param last the largest one
/// @param from the first key of the range, or null: there is none before it
/// @param to the key behind the range, or null: there is none behind it
public record Coverage(long first, long last, @Nullable UserKey from, @Nullable UserKey to) {
    /// Checks the ranges.
    public Coverage {
        if (first < 0 || last < first) {
            throw new IllegalArgumentException("no sequences from " + first + " to " + last);
        }
        if (from != null && to != null && from.compareTo(to) >= 0) {
            throw new IllegalArgumentException("no keys between " + from + " and " + to);
        }
    }

    /// The part of it between two keys, or null when there is none.
    ///
    /// @param start the first key, or null: there is no bound but its own
    /// @param end the key behind the last one, or null: there is no bound but its own
    public @Nullable Coverage part(@Nullable UserKey start, @Nullable UserKey end) {
        UserKey low = from == null || (start != null && start.compareTo(from) > 0) ? start : from;
        UserKey high = to == null || (end != null && end.compareTo(to) < 0) ? end : to;
        return low != null && high != null && low.compareTo(high) >= 0
                ? null
                : new Coverage(first, last, low, high);
    }

    /// Whether it has a key.
    public boolean hasKey(byte[] key, int length) {
        return hasBegunAt(key, length) && !hasEndedAt(key, length);
    }

    /// Whether a key is not before the range.
    public boolean hasBegunAt(byte[] key, int length) {
        return from == null || from.compareTo(key, 0, length) <= 0;
    }

    /// Whether a key is behind the range.
    public boolean hasEndedAt(byte[] key, int length) {
        return to != null && to.compareTo(key, 0, length) <= 0;
    }

    /// Whether it has a sequence number.
    public boolean hasSequence(long sequence) {
        return first <= sequence && sequence <= last;
    }

    /// Whether it has all of some sequence numbers.
    public boolean hasSequences(long smallest, long largest) {
        return first <= smallest && largest <= last;
    }

    /// The key behind the range, where there is one.
    public UserKey end() {
        return Objects.requireNonNull(to, "to");
    }
}
