package dev.firn.sstable;

import dev.firn.util.Bytes;
import org.jspecify.annotations.Nullable;

/// What stands in an entry whose value is longer than [TableFormat#VALUE_INLINE_MAX]: where the
/// value blocks are that hold it, one behind the other, [TableFormat#VALUE_PIECE] bytes of the
/// value each and the rest in the last.
///
/// ```
/// +----------------------------------------------+
/// | offset of the first value block              |
/// +---------------------+------------------------+ 8
/// | length of the value | bytes of the 1st block |
/// +---------------------+------------------------+ 16
/// | bytes of the 2nd ...|
/// ```
///
/// The bytes of a block include its envelope.
final class LargeValue {
    static final int OFFSET = 0;
    static final int VALUE_LENGTH = 8;
    static final int PIECES = 12;

    private LargeValue() {}

    /// The number of value blocks of a value.
    static int pieces(int valueLength) {
        return (valueLength + TableFormat.VALUE_PIECE - 1) / TableFormat.VALUE_PIECE;
    }

    /// The length of what stands in the entry.
    static int length(int valueLength) {
        return PIECES + 4 * pieces(valueLength);
    }

    /// What is wrong with a stored one, or null.
    static @Nullable String problem(byte[] a, int at, int length, TableExtent extent) {
        if (length < PIECES) {
            return "pointer to a large value of " + length + " bytes";
        }
        int valueLength = Bytes.getInt(a, at + VALUE_LENGTH);
        if (valueLength <= TableFormat.VALUE_INLINE_MAX || valueLength > TableFormat.VALUE_MAX
                || length != length(valueLength)) {
            return "pointer to a large value of impossible length";
        }
        long offset = Bytes.getLong(a, at + OFFSET);
        for (int i = 0; i < pieces(valueLength); i++) {
            int bytes = Bytes.getInt(a, at + PIECES + 4 * i);
            if (!extent.holdsValue(offset, bytes)) {
                return "pointer to a value block outside of the data blocks";
            }
            offset += bytes;
        }
        return null;
    }
}
