package dev.firn.cursor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/// A source in memory, over a set that may grow while it is read. It is as nasty as the contract
/// allows: every move puts the key elsewhere and scribbles over where it was, also when the
/// argument of a seek lies there, and accessors refuse when it is nowhere.
public final class SetCursor implements EntryCursor {
    private final NavigableSet<Entry> entries;
    private final MemorySegment memory = Arena.ofAuto().allocate(1 << 10);
    private @Nullable Entry at;
    private long offset;
    private int failAfter = Integer.MAX_VALUE;
    private int moves;
    private int seeks;
    private boolean closed;

    public SetCursor(NavigableSet<Entry> entries) {
        this.entries = entries;
    }

    /// The n-th move from now on fails.
    public void failAfter(int n) {
        failAfter = n;
    }

    public int moves() {
        return moves;
    }

    public int seeks() {
        return seeks;
    }

    public boolean isClosed() {
        return closed;
    }

    private boolean to(@Nullable Entry entry) throws IOException {
        if (closed) {
            throw new IllegalStateException("Already closed");
        }
        moves++;
        if (--failAfter == 0) {
            at = null;
            throw new IOException("injected");
        }
        memory.fill((byte) 0xdb);
        at = entry;
        if (entry == null) {
            return false;
        }
        offset = (offset * 7 + 13) % (memory.byteSize() - entry.key().length);
        MemorySegment.copy(MemorySegment.ofArray(entry.key()), 0, memory, offset,
                entry.key().length);
        return true;
    }

    @Override
    public boolean seekToFirst() throws IOException {
        return to(entries.isEmpty() ? null : entries.first());
    }

    @Override
    public boolean seekToLast() throws IOException {
        return to(entries.isEmpty() ? null : entries.last());
    }

    @Override
    public boolean seek(MemorySegment key, long from, int length, long trailer) throws IOException {
        seeks++;
        return to(entries.ceiling(Entry.position(bytes(key, from, length), trailer)));
    }

    @Override
    public boolean seekBefore(MemorySegment key, long from, int length, long trailer)
            throws IOException {
        seeks++;
        return to(entries.lower(Entry.position(bytes(key, from, length), trailer)));
    }

    static byte[] bytes(MemorySegment memory, long from, int length) {
        return memory.asSlice(from, length).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }

    @Override
    public boolean next() throws IOException {
        return at != null && to(entries.higher(at));
    }

    @Override
    public boolean previous() throws IOException {
        return at != null && to(entries.lower(at));
    }

    @Override
    public boolean isValid() {
        return at != null;
    }

    private Entry entry() {
        Entry entry = at;
        if (entry == null || closed) {
            throw new IllegalStateException("nowhere");
        }
        return entry;
    }

    @Override
    public MemorySegment keyMemory() {
        entry();
        return memory;
    }

    @Override
    public long keyOffset() {
        entry();
        return offset;
    }

    @Override
    public int keyLength() {
        return entry().key().length;
    }

    @Override
    public long trailer() {
        return entry().trailer();
    }

    @Override
    public int valueLength() {
        return entry().value().length;
    }

    @Override
    public void copyValue(int from, MemorySegment target, long to, int length) {
        MemorySegment.copy(MemorySegment.ofArray(entry().value()), from, target, to, length);
    }

    @Override
    public void close() {
        closed = true;
        at = null;
    }
}
