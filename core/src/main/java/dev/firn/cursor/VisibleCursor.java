package dev.firn.cursor;

import dev.firn.key.Trailer;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a reader at a sequence sees of a sorted source, within key bounds: for every user key the
/// newest version at or below the sequence, if it is a put.
///
/// **States.** AT: the source is at the entry shown. BEHIND (going backward only): versions come
/// oldest first, so that one is the newest visible shows only when the source has gone on; key,
/// trailer and small values are copied on the way, and the source stands before what was copied.
/// Values too large to copy are sought again when they are asked for.
///
/// **Long chains.** After a few versions of one key the rest are jumped over with a seek, so a key
/// with n versions costs O(log n), in either direction. Tombstones of different keys cannot be
/// jumped over; they are counted.
///
/// The source may gain entries above the sequence while it is read (a memtable). One thread; the
/// caller has pinned what is read. After an exception the cursor is nowhere.
public final class VisibleCursor implements AutoCloseable {
    /// Going backward, larger values are not copied.
    public static final int SAVED_VALUE_BYTES_MAX = 4096;

    private static final int PATIENCE = 8;

    /// Before the newest, and behind the oldest version of a key that there can be.
    private static final long NEWEST = -1L;

    private static final long OLDEST = 0L;

    private enum State {
        NOWHERE,
        AT,
        BEHIND
    }

    private final long sequence;
    private final byte @Nullable [] from;
    private final byte @Nullable [] to;
    private final Scratch scratch;
    private final KeyBuffer key;
    private final KeyBuffer bound;
    private EntryCursor source;
    private State state = State.NOWHERE;
    private long savedTrailer;
    private int savedLength;
    private boolean valueSaved;
    private @Nullable MemorySegment savedValue;
    private long tombstones;
    private long shadowed;

    /// A view on a source, which it closes.
    ///
    /// @param sequence versions above it are not seen
    /// @param from inclusive lower bound, null for none; not to be changed
    /// @param to exclusive upper bound, null for none; not to be changed
    /// @param scratch lends memory until the cursor is closed
    public VisibleCursor(
            EntryCursor source,
            long sequence,
            byte @Nullable [] from,
            byte @Nullable [] to,
            Scratch scratch) {
        this.source = source;
        this.sequence = sequence;
        this.from = from;
        this.to = to;
        this.scratch = scratch;
        key = new KeyBuffer(scratch);
        bound = new KeyBuffer(scratch);
    }

    /// Moves to the first key.
    public boolean seekToFirst() throws IOException {
        state = State.NOWHERE;
        byte[] f = from;
        if (f == null) {
            return forward(source.seekToFirst(), false);
        }
        bound.set(f);
        return forward(source.seek(bound.memory(), 0, bound.length(), NEWEST), false);
    }

    /// Moves to the last key.
    public boolean seekToLast() throws IOException {
        state = State.NOWHERE;
        byte[] t = to;
        if (t == null) {
            return backward(source.seekToLast(), false);
        }
        bound.set(t);
        return backward(source.seekBefore(bound.memory(), 0, bound.length(), NEWEST), false);
    }

    /// Moves to the first key at or after the one given.
    public boolean seek(MemorySegment memory, long at, int length) throws IOException {
        byte[] f = from;
        if (f != null && Bytes.compare(f, 0, f.length, memory, at, length) > 0) {
            return seekToFirst();
        }
        state = State.NOWHERE;
        return forward(source.seek(memory, at, length, Trailer.seek(sequence)), false);
    }

    /// Moves to the last key before the one given.
    public boolean seekBefore(MemorySegment memory, long at, int length) throws IOException {
        return seekBefore(memory, at, length, NEWEST);
    }

    /// Moves to the last key at or before the one given.
    public boolean seekAtOrBefore(MemorySegment memory, long at, int length) throws IOException {
        return seekBefore(memory, at, length, OLDEST);
    }

    private boolean seekBefore(MemorySegment memory, long at, int length, long trailer)
            throws IOException {
        byte[] t = to;
        if (t != null && Bytes.compare(t, 0, t.length, memory, at, length) <= 0) {
            return seekToLast();
        }
        state = State.NOWHERE;
        return backward(source.seekBefore(memory, at, length, trailer), false);
    }

    /// Moves to the next key.
    public boolean next() throws IOException {
        State before = state;
        state = State.NOWHERE;
        return switch (before) {
            case NOWHERE -> false;
            case AT -> {
                key.copyOf(source);
                yield forward(source.next(), true);
            }
            case BEHIND -> forward(source.seek(key.memory(), 0, key.length(), OLDEST), true);
        };
    }

    /// Moves to the previous key.
    public boolean previous() throws IOException {
        State before = state;
        state = State.NOWHERE;
        return switch (before) {
            case NOWHERE -> false;
            case AT -> {
                key.copyOf(source);
                yield backward(source.previous(), true);
            }
            case BEHIND -> backward(source.isValid(), true);
        };
    }

    /// Goes on, from where the source is, to the first visible key.
    ///
    /// @param found whether the source is at an entry
    /// @param passing whether versions of the key in `key` are to be passed over
    private boolean forward(boolean found, boolean passing) throws IOException {
        int patience = PATIENCE;
        while (found) {
            if (passing && key.isKeyOf(source)) {
                shadowed++;
                if (--patience == 0) {
                    found = source.seek(key.memory(), 0, key.length(), OLDEST);
                } else {
                    found = source.next();
                }
                continue;
            }
            byte[] t = to;
            if (t != null && compareToKey(t) <= 0) {
                return false;
            }
            long trailer = source.trailer();
            if (Trailer.sequence(trailer) > sequence) {
                passing = false;
                found = passNewer();
            } else if (Trailer.isDelete(trailer)) {
                tombstones++;
                key.copyOf(source);
                passing = true;
                patience = PATIENCE;
                found = source.next();
            } else {
                state = State.AT;
                return true;
            }
        }
        return false;
    }

    /// Passes over the versions above the sequence of the key that the source is at.
    private boolean passNewer() throws IOException {
        key.copyOf(source);
        for (int i = 0; i < PATIENCE; i++) {
            shadowed++;
            if (!source.next()) {
                return false;
            }
            if (Trailer.sequence(source.trailer()) <= sequence || !key.isKeyOf(source)) {
                return true;
            }
        }
        return source.seek(key.memory(), 0, key.length(), Trailer.seek(sequence));
    }

    /// Goes back, from where the source is, to the first visible key. See [#forward].
    private boolean backward(boolean found, boolean passing) throws IOException {
        while (true) {
            int patience = PATIENCE;
            while (found && passing && key.isKeyOf(source)) {
                shadowed++;
                found =
                        --patience == 0
                                ? source.seekBefore(key.memory(), 0, key.length(), NEWEST)
                                : source.previous();
            }
            byte[] f = from;
            if (!found || (f != null && compareToKey(f) > 0)) {
                return false;
            }
            key.copyOf(source);
            passing = true;
            int versions = 0;
            do {
                long trailer = source.trailer();
                if (Trailer.sequence(trailer) > sequence) {
                    break;
                }
                if (versions == PATIENCE) {
                    found = source.seek(key.memory(), 0, key.length(), Trailer.seek(sequence));
                    if (found && !Trailer.isDelete(source.trailer())) {
                        state = State.AT;
                        return true;
                    }
                    savedTrailer = OLDEST;
                    break;
                }
                shadowed += versions == 0 ? 0 : 1;
                versions++;
                save(trailer);
                found = source.previous();
            } while (found && key.isKeyOf(source));
            if (versions > 0 && !Trailer.isDelete(savedTrailer)) {
                state = State.BEHIND;
                return true;
            }
            tombstones += versions > 0 ? 1 : 0;
        }
    }

    private void save(long trailer) throws IOException {
        savedTrailer = trailer;
        int length = source.valueLength();
        savedLength = length;
        valueSaved = length <= SAVED_VALUE_BYTES_MAX;
        if (valueSaved && length > 0) {
            MemorySegment target = savedValue;
            if (target == null) {
                target = scratch.take(SAVED_VALUE_BYTES_MAX);
                savedValue = target;
            }
            source.copyValue(0, target, 0, length);
        }
    }

    private int compareToKey(byte[] other) {
        return Bytes.compare(
                other, 0, other.length, source.keyMemory(), source.keyOffset(), source.keyLength());
    }

    /// Goes over to another source that holds the same for this reader (a newer view), keeping the
    /// position. The old source must still be open; it is not closed.
    public void replaceSource(EntryCursor newSource) throws IOException {
        State before = state;
        state = State.NOWHERE;
        if (before == State.AT) {
            key.copyOf(source);
        }
        source = newSource;
        if (before != State.NOWHERE) {
            reseek();
        }
    }

    /// Puts the source to the version of the key in `key` that is shown.
    private void reseek() throws IOException {
        boolean found = source.seek(key.memory(), 0, key.length(), Trailer.seek(sequence));
        if (!found || !key.isKeyOf(source) || Trailer.isDelete(source.trailer())) {
            state = State.NOWHERE;
            throw new IllegalStateException("a version that a reader needs is gone");
        }
        state = State.AT;
    }

    /// Whether it is at a key.
    public boolean isValid() {
        return state != State.NOWHERE;
    }

    /// The memory that holds the key; good until the cursor moves.
    public MemorySegment keyMemory() {
        return isCopied() ? key.memory() : source.keyMemory();
    }

    /// Where the key begins in [#keyMemory].
    public long keyOffset() {
        return isCopied() ? 0 : source.keyOffset();
    }

    /// The key's length in bytes.
    public int keyLength() {
        return isCopied() ? key.length() : source.keyLength();
    }

    /// Sequence and kind of the version.
    public long trailer() {
        return isCopied() ? savedTrailer : source.trailer();
    }

    /// The value's length in bytes.
    public int valueLength() {
        return isCopied() ? savedLength : source.valueLength();
    }

    /// Copies a part of the value into heap or native memory.
    public void copyValue(int at, MemorySegment target, long offset, int length)
            throws IOException {
        if (isCopied() && !valueSaved) {
            reseek();
        }
        MemorySegment saved = savedValue;
        if (!isCopied()) {
            source.copyValue(at, target, offset, length);
        } else if (length > 0 && saved != null) {
            MemorySegment.copy(saved, at, target, offset, length);
        }
    }

    private boolean isCopied() {
        if (state == State.NOWHERE) {
            throw new IllegalStateException("the cursor is not at a key");
        }
        return state == State.BEHIND;
    }

    /// How many tombstones were passed over so far: what makes a scan slow without showing.
    public long tombstonesPassed() {
        return tombstones;
    }

    /// How many versions were passed over so far because a newer one hides them, or because they
    /// are newer than the sequence. Versions jumped over are not counted.
    public long versionsPassed() {
        return shadowed;
    }

    /// Closes the source and is nowhere from now on.
    @Override
    public void close() {
        state = State.NOWHERE;
        source.close();
    }
}
