package dev.firn.cursor;

import java.lang.foreign.MemorySegment;

/// A source without entries.
final class EmptyCursor implements EntryCursor {
    @Override
    public boolean seekToFirst() {
        return false;
    }

    @Override
    public boolean seekToLast() {
        return false;
    }

    @Override
    public boolean seek(MemorySegment key, long at, int length, long trailer) {
        return false;
    }

    @Override
    public boolean seekBefore(MemorySegment key, long at, int length, long trailer) {
        return false;
    }

    @Override
    public boolean next() {
        return false;
    }

    @Override
    public boolean previous() {
        return false;
    }

    @Override
    public boolean isValid() {
        return false;
    }

    @Override
    public MemorySegment keyMemory() {
        throw nowhere();
    }

    @Override
    public long keyOffset() {
        throw nowhere();
    }

    @Override
    public int keyLength() {
        throw nowhere();
    }

    @Override
    public long trailer() {
        throw nowhere();
    }

    @Override
    public int valueLength() {
        throw nowhere();
    }

    @Override
    public void copyValue(int from, MemorySegment target, long to, int length) {
        throw nowhere();
    }

    @Override
    public void close() {}

    private static IllegalStateException nowhere() {
        return new IllegalStateException("the cursor is not at an entry");
    }
}
