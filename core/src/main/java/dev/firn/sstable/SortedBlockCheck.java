package dev.firn.sstable;

import dev.firn.key.ValueKind;
import dev.firn.util.Bytes;
import org.jspecify.annotations.Nullable;

/// Checks the structure of a [SortedBlock] once, after it was read and before anybody looks into
/// it: every field in its limits, every entry inside the block, every byte accounted for. What it
/// passes, the readers trust. The order of keys is not checked here, see [TableVerifier].
///
/// It needs no trust in the checksum: a block made by somebody else to do harm does none.
final class SortedBlockCheck {
    private final byte[] a;
    private final int at;
    private final int length;
    private final TableExtent extent;

    private SortedBlockCheck(byte[] a, int at, int length, TableExtent extent) {
        this.a = a;
        this.at = at;
        this.length = length;
        this.extent = extent;
    }

    /// What is wrong with the block, or null.
    static @Nullable String problem(byte[] a, int at, int length, BlockKind kind,
            TableExtent extent) {
        return new SortedBlockCheck(a, at, length, extent).problem(kind);
    }

    private @Nullable String problem(BlockKind kind) {
        if (length < SortedBlock.WORDS + SortedBlock.GUARD) {
            return "block of " + length + " bytes is too short";
        }
        int count = Bytes.getInt(a, at + SortedBlock.COUNT);
        int payloadLength = Bytes.getInt(a, at + SortedBlock.PAYLOAD_LENGTH);
        int prefix = Bytes.getInt(a, at + SortedBlock.PREFIX_LENGTH);
        int widths = Bytes.getInt(a, at + SortedBlock.WIDTHS);
        int tailBase = Bytes.getInt(a, at + SortedBlock.TAIL_BASE);
        int offsetWidth = widths & 0xff;
        int trailerWidth = widths >>> 8 & 0xff;
        int tailWidth = widths >>> 16 & 0xff;
        if ((offsetWidth != 2 && offsetWidth != 4) || trailerWidth > 8 || tailWidth > 3
                || (widths >>> 26) != 0 || (kind != BlockKind.DATA && (widths >>> 24) != 0)
                || Bytes.getInt(a, at + SortedBlock.TAIL_BASE + 4) != 0) {
            return "impossible field widths";
        }
        if (count < 1 || prefix < 0 || prefix > TableFormat.KEY_MAX || tailBase < 0
                || tailBase > TableFormat.KEY_MAX || payloadLength < 0) {
            return "impossible head of a block";
        }
        int stride = SortedBlock.stride(widths);
        long payloadAt = SortedBlock.WORDS + (long) count * (8 + stride) + prefix;
        if (payloadAt + payloadLength + SortedBlock.GUARD != length) {
            return "block of " + length + " bytes does not add up";
        }
        if (Bytes.getLong(a, at + length - SortedBlock.GUARD) != 0) {
            return "block does not end with zeros";
        }
        int head = at + SortedBlock.WORDS + 8 * count;
        int payload = at + (int) payloadAt;
        long offsetMask = SortedBlock.mask(offsetWidth);
        long trailerMask = SortedBlock.mask(trailerWidth);
        long tailMask = SortedBlock.mask(tailWidth);
        long trailerBase = Bytes.getLong(a, at + SortedBlock.TRAILER_BASE);
        if ((Bytes.getLong(a, head) & offsetMask) != 0) {
            return "first entry does not begin the payload";
        }
        long offset = 0;
        for (int i = 0; i < count; i++, head += stride) {
            long end = i + 1 < count
                    ? Bytes.getLong(a, head + stride) & offsetMask
                    : payloadLength;
            long tail = tailBase
                    + (Bytes.getLong(a, head + offsetWidth + trailerWidth) & tailMask);
            long valueOffset = offset + Math.max(0, tail - 8);
            if (prefix + tail > TableFormat.KEY_MAX || valueOffset > end || end > payloadLength) {
                return "entry " + i + " of " + count + " exceeds its limits";
            }
            long trailer = trailerBase + (Bytes.getLong(a, head + offsetWidth) & trailerMask);
            int valueAt = payload + (int) valueOffset;
            int valueLength = (int) (end - valueOffset);
            String problem = kind == BlockKind.DATA
                    ? value(trailer, widths, valueAt, valueLength)
                    : handle(kind, valueAt, valueLength);
            if (problem != null) {
                return problem;
            }
            offset = end;
        }
        return null;
    }

    private @Nullable String value(long trailer, int widths, int valueAt, int valueLength) {
        int kind = (int) (trailer & 0xff);
        if (kind == ValueKind.PUT.code()) {
            return valueLength <= TableFormat.VALUE_INLINE_MAX
                    ? null
                    : "value of " + valueLength + " bytes in a data block";
        }
        if (kind == ValueKind.DELETE.code()) {
            return valueLength == 0 ? null : "tombstone with a value";
        }
        if (kind == (ValueKind.PUT.code() | SortedBlock.largeMask(widths))) {
            return LargeValue.problem(a, valueAt, valueLength, extent);
        }
        return "entry of kind " + ValueKind.nameOf(kind);
    }

    private @Nullable String handle(BlockKind kind, int valueAt, int valueLength) {
        if (valueLength != BlockHandle.LENGTH) {
            return "block handle of " + valueLength + " bytes";
        }
        long offset = Bytes.getLong(a, valueAt + BlockHandle.OFFSET);
        int bytes = Bytes.getInt(a, valueAt + BlockHandle.BYTES);
        int ordinal = Bytes.getInt(a, valueAt + BlockHandle.ORDINAL);
        BlockKind below = kind == BlockKind.TOP_INDEX ? BlockKind.INDEX : BlockKind.DATA;
        return extent.holds(below, offset, bytes, ordinal)
                ? null
                : "handle of a block outside of the " + below.title() + " blocks";
    }
}
