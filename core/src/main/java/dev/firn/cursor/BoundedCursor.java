package dev.firn.cursor;

import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The part of a source whose user keys lie in a range: a slice of a compaction, or what a trimmed
/// table still shows. The bounds bind all versions of a key.
public final class BoundedCursor implements EntryCursor {
    private static final long BEFORE_ALL_VERSIONS = -1L;

    private final EntryCursor source;
    private final byte @Nullable [] from;
    private final byte @Nullable [] to;
    private final @Nullable KeyBuffer lower;
    private final @Nullable KeyBuffer upper;
    private boolean valid;

    private BoundedCursor(
            EntryCursor source, byte @Nullable [] from, byte @Nullable [] to, Scratch scratch) {
        this.source = source;
        this.from = from;
        this.to = to;
        lower = from == null ? null : copy(from, scratch);
        upper = to == null ? null : copy(to, scratch);
    }

    private static KeyBuffer copy(byte[] key, Scratch scratch) {
        KeyBuffer buffer = new KeyBuffer(scratch);
        buffer.set(key);
        return buffer;
    }

    /// The entries of a source from one key (inclusive) to another (exclusive); null is no bound.
    /// The arrays must not be changed. Without bounds the source is returned as it is.
    public static EntryCursor of(
            EntryCursor source, byte @Nullable [] from, byte @Nullable [] to, Scratch scratch) {
        return from == null && to == null ? source : new BoundedCursor(source, from, to, scratch);
    }

    /// The least key behind `key`: as an exclusive bound it lets `key` in.
    public static byte[] justBehind(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    @Override
    public boolean seekToFirst() throws IOException {
        valid = false;
        return ahead(
                lower == null
                        ? source.seekToFirst()
                        : source.seek(lower.memory(), 0, lower.length(), BEFORE_ALL_VERSIONS));
    }

    @Override
    public boolean seekToLast() throws IOException {
        valid = false;
        return back(
                upper == null
                        ? source.seekToLast()
                        : source.seekBefore(upper.memory(), 0, upper.length(),
                                BEFORE_ALL_VERSIONS));
    }

    @Override
    public boolean seek(MemorySegment key, long at, int length, long trailer) throws IOException {
        valid = false;
        byte[] f = from;
        if (f != null && Bytes.compare(f, 0, f.length, key, at, length) > 0) {
            return seekToFirst();
        }
        return ahead(source.seek(key, at, length, trailer));
    }

    @Override
    public boolean seekBefore(MemorySegment key, long at, int length, long trailer)
            throws IOException {
        valid = false;
        byte[] t = to;
        if (t != null && Bytes.compare(t, 0, t.length, key, at, length) <= 0) {
            return seekToLast();
        }
        return back(source.seekBefore(key, at, length, trailer));
    }

    @Override
    public boolean next() throws IOException {
        return valid && ahead(source.next());
    }

    @Override
    public boolean previous() throws IOException {
        return valid && back(source.previous());
    }

    private boolean ahead(boolean found) {
        byte[] t = to;
        valid = found && (t == null || compareToKey(t) > 0);
        return valid;
    }

    private boolean back(boolean found) {
        byte[] f = from;
        valid = found && (f == null || compareToKey(f) <= 0);
        return valid;
    }

    private int compareToKey(byte[] bound) {
        return Bytes.compare(
                bound, 0, bound.length, source.keyMemory(), source.keyOffset(), source.keyLength());
    }

    @Override
    public boolean isValid() {
        return valid;
    }

    @Override
    public MemorySegment keyMemory() {
        return source.keyMemory();
    }

    @Override
    public long keyOffset() {
        return source.keyOffset();
    }

    @Override
    public int keyLength() {
        return source.keyLength();
    }

    @Override
    public long trailer() {
        return source.trailer();
    }

    @Override
    public int valueLength() {
        return source.valueLength();
    }

    @Override
    public void copyValue(int from, MemorySegment target, long to, int length) throws IOException {
        source.copyValue(from, target, to, length);
    }

    @Override
    public void close() {
        valid = false;
        source.close();
    }
}
