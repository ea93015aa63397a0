package dev.firn.sstable;

/// Which part of the file and which ordinals belong to which kind of block: the limits that handles
/// are held against. Immutable.
///
/// @param dataEnd where the data and value blocks end and the index blocks begin
/// @param indexEnd where the index blocks end
/// @param dataBlocks how many data blocks there are; theirs are the first ordinals
/// @param indexBlocks how many index blocks there are; theirs follow
record TableExtent(long dataEnd, long indexEnd, int dataBlocks, int indexBlocks) {
    /// Whether a block of the kind can be where a handle says.
    boolean holds(BlockKind kind, long offset, int bytes, int ordinal) {
        return kind == BlockKind.DATA
                ? ordinal >= 0 && ordinal < dataBlocks && isWithin(offset, bytes, 0, dataEnd)
                : ordinal >= dataBlocks && ordinal < dataBlocks + indexBlocks
                        && isWithin(offset, bytes, dataEnd, indexEnd);
    }

    /// Whether a value block can be there.
    boolean holdsValue(long offset, int bytes) {
        return isWithin(offset, bytes, 0, dataEnd);
    }

    private static boolean isWithin(long offset, int bytes, long from, long to) {
        return offset >= from && bytes > BlockEnvelope.LENGTH && offset <= to
                && bytes <= to - offset;
    }
}
