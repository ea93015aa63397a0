package dev.firn.sstable;

import dev.firn.FirnException;
import dev.firn.dump.DumpWriter;
import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Goes through the blocks of a table from the first to the last: each begins where the one before
/// ends. Behind damage it goes on at the next place where a block is known to begin or, where
/// nothing is known, at the next one that is whole. One thread, once.
final class BlockWalk {
    private static final int WINDOW = 64 << 10;

    /// A longer block is not searched for.
    private static final int SEARCHED_MAX = 8 << 20;

    private final ReadFile file;
    private final @Nullable TableIdentity identity;
    private final long[] starts;
    private final long end;
    private final BlockWords words;
    private final ReadScratch scratch;
    private final DumpWriter out;
    private final byte[] envelope = new byte[BlockEnvelope.LENGTH];

    /// How many bytes may still be read for nothing: bytes that imitate envelopes must not make the
    /// search endless.
    private long patience;

    BlockWalk(ReadFile file, @Nullable TableIdentity identity, long[] starts, long end,
            BlockWords words, ReadScratch scratch, DumpWriter out) {
        this.file = file;
        this.identity = identity;
        this.starts = starts;
        this.end = end;
        this.words = words;
        this.scratch = scratch;
        this.out = out;
        patience = 16 * file.bytes() + (16L << 20);
    }

    /// Whether a whole block of the table stands at an offset.
    static boolean isWhole(ReadFile file, TableIdentity identity, long at, long end,
            ReadScratch s) throws IOException {
        byte[] head = new byte[BlockEnvelope.LENGTH];
        if (end - at <= BlockEnvelope.LENGTH) {
            return false;
        }
        file.copy(at, MemorySegment.ofArray(head), 0, head.length);
        return problem(head, 0, at, end) == null && isWhole(file, identity, at, bytes(head, 0), s);
    }

    /// Whether the block of a length that begins at an offset is whole.
    static boolean isWhole(ReadFile file, TableIdentity identity, long at, int bytes,
            ReadScratch s) throws IOException {
        if (bytes > SEARCHED_MAX) {
            return false;
        }
        byte[] a = s.stored(bytes);
        file.copy(at, MemorySegment.ofArray(a), 0, bytes);
        return BlockEnvelope.isWhole(s.crc, a, 0, bytes, Checksum.salt(identity.tableId(), at));
    }

    /// Tells all blocks.
    void run() throws IOException {
        long at = 0;
        while (at < end) {
            at = tell(at);
        }
    }

    /// Tells the block at an offset; returns where to go on.
    private long tell(long at) throws IOException {
        long next = nextStart(at);
        long room = next < 0 ? end : next;
        if (end - at <= BlockEnvelope.LENGTH) {
            out.damage(at, 1, (end - at) + " bytes are too few for a block");
            return end;
        }
        file.copy(at, MemorySegment.ofArray(envelope), 0, envelope.length);
        String problem = problem(envelope, 0, at, room);
        if (problem != null) {
            out.damage(at, 1, "no block begins here: " + problem);
            return searched(at, next);
        }
        int bytes = bytes(envelope, 0);
        if (identity == null) {
            out.line(at, 1, BlockKind.nameOf(BlockEnvelope.kind(envelope, 0))
                    + " block: stored " + BlockEnvelope.storedLength(envelope, 0)
                    + " bytes, raw " + BlockEnvelope.rawLength(envelope, 0) + ", codec " + codec()
                    + ", checksum not checked");
            return at + bytes;
        }
        long before = out.damages();
        try {
            words.tell(at, bytes, kind(envelope, 0), codec());
        } catch (CorruptException e) {
            out.damage(1, e);
        } catch (FirnException e) {
            out.damage(at, 1, "a block of " + bytes + " bytes needs too much memory: "
                    + e.getMessage());
        }
        long behind = at + bytes;
        boolean isTrusted = out.damages() == before || behind == next || behind == end
                || isWhole(file, identity, behind, room, scratch);
        return isTrusted ? behind : searched(at, next);
    }

    private String codec() {
        try {
            return new Codecs().byId(BlockEnvelope.codec(envelope, 0)).name();
        } catch (IOException e) {
            return "unknown with id " + (BlockEnvelope.codec(envelope, 0) & 0xff);
        }
    }

    /// The next place behind an offset where a block is known to begin; -1 when none is known.
    private long nextStart(long at) {
        int found = Arrays.binarySearch(starts, at + 1);
        int i = found < 0 ? -found - 1 : found;
        return i < starts.length && starts[i] < end ? starts[i] : -1;
    }

    /// Where to go on behind a damaged block.
    private long searched(long at, long next) throws IOException {
        long to = next < 0 ? end : next;
        long found = identity == null ? -1 : search(identity, at + 1, to);
        long go = found < 0 ? to : found;
        out.note(2, go < end
                ? (go - at) + " bytes passed over; the next block is at " + go
                : "no other block up to offset " + end);
        return go;
    }

    /// The first offset of a whole block in a range, or -1.
    private long search(TableIdentity table, long from, long to) throws IOException {
        byte[] window = new byte[WINDOW];
        MemorySegment memory = MemorySegment.ofArray(window);
        int step = WINDOW - BlockEnvelope.LENGTH;
        for (long base = from; to - base > BlockEnvelope.LENGTH; base += step) {
            int length = (int) Math.min(WINDOW, to - base);
            file.copy(base, memory, 0, length);
            for (int i = 0; i < Math.min(step, length - BlockEnvelope.LENGTH); i++) {
                if (problem(window, i, base + i, to) != null) {
                    continue;
                }
                int bytes = bytes(window, i);
                patience -= bytes;
                if (patience < 0) {
                    out.note(2, "too much here looks like blocks: the search ends at "
                            + (base + i));
                    return -1;
                }
                if (isWhole(file, table, base + i, bytes, scratch)) {
                    return base + i;
                }
            }
        }
        return -1;
    }

    /// The length of the block of an envelope that has no problem.
    static int bytes(byte[] a, int at) {
        return BlockEnvelope.LENGTH + BlockEnvelope.storedLength(a, at);
    }

    private static @Nullable BlockKind kindOf(int code) {
        for (BlockKind kind : BlockKind.values()) {
            if (kind.code() == code) {
                return kind;
            }
        }
        return null;
    }

    private static BlockKind kind(byte[] a, int at) {
        BlockKind kind = kindOf(BlockEnvelope.kind(a, at));
        if (kind == null) {
            throw new IllegalStateException("not checked");
        }
        return kind;
    }

    /// Why bytes cannot be the envelope of a block that lies before `end`, or null.
    static @Nullable String problem(byte[] a, int at, long offset, long end) {
        BlockKind kind = kindOf(BlockEnvelope.kind(a, at));
        int raw = BlockEnvelope.rawLength(a, at);
        int stored = BlockEnvelope.storedLength(a, at);
        if (kind == null) {
            return BlockKind.nameOf(BlockEnvelope.kind(a, at)) + " instead of 1 to 6";
        }
        if (BlockEnvelope.reserved(a, at) != 0 || raw < 1 || raw > kind.rawMax() || stored < 1
                || stored > raw) {
            return kind.title() + " block of impossible lengths: raw " + raw
                    + ", stored " + stored;
        }
        long room = end - offset - BlockEnvelope.LENGTH;
        return stored > room
                ? kind.title() + " block of " + stored + " stored bytes, of which " + room
                        + " are there"
                : null;
    }
}
