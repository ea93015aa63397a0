package dev.firn.sstable;

import dev.firn.cache.BlockCache;
import dev.firn.cache.TableSlots;
import dev.firn.sstable.BlockView.Origin;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// The blocks of an open table, from the cache or from the file.
///
/// A read of a block that may be in the cache is *optimistic*: nothing is pinned, and the frame may
/// get another content at any moment. It goes like this:
///
/// ```java
/// while (true) {
///   blocks.open(handle, kind, scratch);
///   try {
///     ... read view.memory from view.base on; keep to what bounds checks cover; return nothing yet
///   } catch (RuntimeException | Error e) {
///     blocks.failed(scratch, e);            // throws, unless the frame was overwritten
///     continue;
///   }
///   if (blocks.close(scratch)) {
///     return ...;                           // what was read is what was written
///   }
/// }
/// ```
///
/// Any thread, each with its own scratch.
final class BlockSource {
    private final BlockReader reader;
    private final BlockCache cache;
    private final TableSlots slots;
    private final TableExtent extent;
    private final boolean isValidating;

    BlockSource(BlockReader reader, BlockCache cache, TableSlots slots, TableExtent extent,
            boolean isValidating) {
        this.reader = reader;
        this.cache = cache;
        this.slots = slots;
        this.extent = extent;
        this.isValidating = isValidating;
    }

    /// Finds the block in the cache, or reads it into a frame or the scratch; [ReadScratch#view]
    /// says where it is. Every call is followed by one of [#close] or [#failed].
    void open(BlockHandle handle, BlockKind kind, ReadScratch s) throws IOException {
        BlockView view = s.view;
        view.ordinal = handle.ordinal;
        long found = slots.find(handle.ordinal);
        if (found != 0) {
            view.cacheHandle = found;
            view.memory = cache.memory(found);
            view.base = cache.offset(found);
            view.origin = Origin.CACHED;
            return;
        }
        s.countMiss();
        read(handle, kind, s);
        view.length = s.rawLength;
        view.frame = cache.reserve(s.rawLength);
        if (view.frame >= 0) {
            view.memory = cache.memory(view.frame);
            view.base = cache.offset(view.frame);
            view.origin = Origin.RESERVED;
        } else {
            view.memory = s.own(s.rawLength);
            view.base = 0;
            view.origin = Origin.OWN;
        }
        Bytes.copy(s.raw, s.rawAt, view.memory, view.base, s.rawLength);
    }

    /// Reads a block from the file into [ReadScratch#raw].
    void read(BlockHandle handle, BlockKind kind, ReadScratch s) throws IOException {
        if (kind == BlockKind.FILTER) {
            reader.read(handle.offset, handle.bytes, kind, s);
        } else {
            reader.readSorted(handle.offset, handle.bytes, kind, extent, s);
        }
    }

    /// Whether what was read so far may be believed.
    boolean isStable(ReadScratch s) {
        BlockView view = s.view;
        return view.origin != Origin.CACHED || !isValidating
                || slots.holds(view.ordinal, view.cacheHandle);
    }

    /// Ends the read.
    ///
    /// @return whether what was read may be believed; if not, start over
    boolean close(ReadScratch s) {
        BlockView view = s.view;
        switch (view.origin) {
            case CACHED -> {
                if (!isStable(s)) {
                    return false;
                }
                cache.touch(view.cacheHandle);
                s.countHit();
            }
            case RESERVED -> cache.publish(slots, view.ordinal, view.frame, view.length);
            case OWN, NONE -> {
            }
        }
        view.origin = Origin.NONE;
        return true;
    }

    /// Ends a read that failed: does nothing if the frame was overwritten, so that the read can
    /// start over, else it throws.
    void failed(ReadScratch s, Throwable failure) {
        BlockView view = s.view;
        boolean isTorn = !isStable(s);
        if (view.origin == Origin.RESERVED) {
            cache.discard(view.frame);
        }
        view.origin = Origin.NONE;
        switch (failure) {
            case Error e -> throw e;
            case RuntimeException e when !isTorn -> throw e;
            default -> {
            }
        }
    }

    /// Copies a block into a buffer of the caller's, from the cache or the file.
    ///
    /// @param fillsCache whether a block that is not in the cache shall get there, and one that is
    ///     shall stay there longer
    /// @return the block's length
    int copy(BlockHandle handle, BlockKind kind, boolean fillsCache, BlockBuffer to, ReadScratch s)
            throws IOException {
        long found = slots.find(handle.ordinal);
        if (found != 0) {
            int length = copyCached(handle.ordinal, found, to);
            if (length > 0) {
                s.countHit();
                if (fillsCache) {
                    cache.touch(found);
                }
                return length;
            }
        }
        s.countMiss();
        read(handle, kind, s);
        int length = s.rawLength;
        Bytes.copy(s.raw, s.rawAt, to.room(length), 0, length);
        if (fillsCache) {
            int frame = cache.reserve(length);
            if (frame >= 0) {
                MemorySegment memory = cache.memory(frame);
                Bytes.copy(s.raw, s.rawAt, memory, cache.offset(frame), length);
                cache.publish(slots, handle.ordinal, frame, length);
            }
        }
        return length;
    }

    /// Copies a cached block and returns its length, or 0 when the frame was overwritten meanwhile.
    private int copyCached(int ordinal, long found, BlockBuffer to) {
        try {
            int length = cache.length(found);
            if (isValidating && !slots.holds(ordinal, found)) {
                return 0;
            }
            MemorySegment target = to.room(length);
            MemorySegment.copy(cache.memory(found), cache.offset(found), target, 0, length);
            return !isValidating || slots.holds(ordinal, found) ? length : 0;
        } catch (IndexOutOfBoundsException | IllegalStateException e) {
            if (slots.holds(ordinal, found)) {
                throw e;
            }
            return 0;
        }
    }

    /// Reads a value block, which is never cached, into [ReadScratch#raw].
    void readPiece(long offset, int bytes, int rawLength, ReadScratch s) throws IOException {
        reader.readPiece(offset, bytes, rawLength, s);
    }

    /// Frees the table's place in the cache and closes the file.
    void close() throws IOException {
        cache.release(slots);
        reader.close();
    }
}
