package dev.firn.engine;

import dev.firn.Cursor;
import dev.firn.KeyRange;
import dev.firn.cursor.VisibleCursor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A scan at a registered sequence, in batches.
///
/// Entries are copied out of the sources a batch at a time, a few at first and more as the scan
/// goes on, under one entry into [ReadContexts]; between batches the cursor holds neither memtables
/// nor tables. The sources are kept and go on where they were while the view is the same one; when
/// it has been replaced, they are opened on the new one and sought to the key where the last batch
/// ended. Most calls of [#next] touch only the batch.
public final class StoreCursor implements Cursor {
    private enum Position {
        /// A move failed: only a seek helps.
        LOST,
        /// Between the ends: a new cursor.
        NOWHERE,
        /// At the entry `index` of the batch.
        AT,
        BEFORE_FIRST,
        AFTER_LAST
    }

    private final StoreKeyspace keyspace;
    private final Store store;
    private final Snapshots.Pin pin;
    private final byte @Nullable [] from;
    private final byte @Nullable [] to;
    private final EntryBatch batch;
    private final CursorMemory memory;
    private Position position = Position.NOWHERE;
    private int index;
    private boolean closed;

    /// The sources, and the view and count of closed tables they were opened at.
    private @Nullable VisibleCursor sources;

    private @Nullable ReadView sourcesView;
    private long sourcesClosings;

    /// Where the sources stand: behind the batch, before it, or elsewhere.
    private int standing;

    private StoreCursor(
            StoreKeyspace keyspace,
            Snapshots.Pin pin,
            Snapshots.Scan scan,
            CursorMemory memory) {
        this.keyspace = keyspace;
        this.store = keyspace.store();
        this.pin = pin;
        this.from = scan.from();
        this.to = scan.to();
        this.memory = memory;
        this.batch = memory.batch();
    }

    /// Opens a cursor, at the sequence of a snapshot or at the visible one.
    static StoreCursor open(StoreKeyspace keyspace, KeyRange range, Snapshots.@Nullable Pin at) {
        keyspace.checkOpen();
        Store store = keyspace.store();
        long now = store.scheduler().nanoTime();
        keyspace.retainForCursor();
        Snapshots.Pin pin = null;
        try {
            Snapshots.Scan scan = new Snapshots.Scan(keyspace, range.from(), range.to());
            pin =
                    at == null
                            ? store.snapshots().open(store.commits()::visible, scan, now)
                            : store.snapshots().openAt(at, scan, now);
            return new StoreCursor(keyspace, pin, scan, memory(store));
        } catch (Throwable t) {
            if (pin != null) {
                store.snapshots().close(pin);
            }
            keyspace.releaseForCursor();
            throw t;
        }
    }

    private static CursorMemory memory(Store store) {
        ReadContext context = store.reads().enter();
        try {
            store.health().checkOpen();
            return store.cursorMemories().take();
        } finally {
            context.exit();
        }
    }

    @Override
    public boolean next() {
        checkOpen();
        return switch (position) {
            case AT -> {
                if (index + 1 < batch.count()) {
                    index++;
                    yield true;
                }
                yield batch.isLast() ? end(Position.AFTER_LAST) : fill(Move.NEXT, null);
            }
            case NOWHERE, BEFORE_FIRST -> fill(Move.FIRST, null);
            case AFTER_LAST -> false;
            case LOST -> throw lost();
        };
    }

    @Override
    public boolean previous() {
        checkOpen();
        return switch (position) {
            case AT -> {
                if (index > 0) {
                    index--;
                    yield true;
                }
                yield batch.isFirst() ? end(Position.BEFORE_FIRST) : fill(Move.PREVIOUS, null);
            }
            case NOWHERE, AFTER_LAST -> fill(Move.LAST, null);
            case BEFORE_FIRST -> false;
            case LOST -> throw lost();
        };
    }

    private static IllegalStateException lost() {
        return new IllegalStateException(
                "the last move of the cursor failed; seek before going on");
    }

    private boolean end(Position where) {
        position = where;
        return false;
    }

    @Override
    public boolean seek(byte[] key) {
        Limits.key(key);
        checkOpen();
        memory.startSmall();
        return fill(Move.SEEK, key);
    }

    @Override
    public boolean seekAtOrBefore(byte[] key) {
        Limits.key(key);
        checkOpen();
        memory.startSmall();
        return fill(Move.SEEK_AT_OR_BEFORE, key);
    }

    @Override
    public boolean isValid() {
        checkOpen();
        return position == Position.AT;
    }

    private enum Move {
        FIRST(true),
        NEXT(true),
        SEEK(true),
        LAST(false),
        PREVIOUS(false),
        SEEK_AT_OR_BEFORE(false);

        final boolean forward;

        Move(boolean forward) {
            this.forward = forward;
        }
    }

    private boolean fill(Move move, byte @Nullable [] key) {
        ReadContext context = store.reads().enter();
        try {
            store.health().checkOpen();
            ReadView view = keyspace.viewForCursor();
            if (view == null) {
                throw Errors.dropped(keyspace.name());
            }
            VisibleCursor visible = sources(view);
            boolean found = move(visible, move, key);
            standing = 0;
            if (move.forward) {
                batch.fillForward(visible, found, memory.nextEntries(), move == Move.FIRST);
            } else {
                batch.fillBackward(visible, found, memory.nextEntries(), move == Move.LAST);
            }
            standing = move.forward ? 1 : -1;
        } catch (IOException e) {
            giveUpSources();
            position = Position.LOST;
            throw Errors.of(store.location(), e);
        } catch (Throwable t) {
            giveUpSources();
            position = Position.LOST;
            throw t;
        } finally {
            context.exit();
        }
        if (batch.count() == 0) {
            position = move.forward ? Position.AFTER_LAST : Position.BEFORE_FIRST;
            return false;
        }
        index = move.forward ? 0 : batch.count() - 1;
        position = Position.AT;
        return true;
    }

    private boolean move(VisibleCursor visible, Move move, byte @Nullable [] key)
            throws IOException {
        return switch (move) {
            case FIRST -> visible.seekToFirst();
            case LAST -> visible.seekToLast();
            case SEEK -> {
                MemorySegment k = memory.key(Objects.requireNonNull(key, "key"));
                yield visible.seek(k, 0, key.length);
            }
            case SEEK_AT_OR_BEFORE -> {
                MemorySegment k = memory.key(Objects.requireNonNull(key, "key"));
                yield visible.seekAtOrBefore(k, 0, key.length);
            }
            case NEXT -> {
                if (standing > 0 && visible.isValid()) {
                    yield visible.next();
                }
                int last = batch.count() - 1;
                MemorySegment k =
                        memory.key(batch.bytes(), batch.keyAt(last), batch.keyLength(last));
                // The entry itself is still there for this sequence; go on behind it.
                yield visible.seek(k, 0, batch.keyLength(last)) && visible.next();
            }
            case PREVIOUS -> {
                if (standing < 0 && visible.isValid()) {
                    yield visible.previous();
                }
                MemorySegment k = memory.key(batch.bytes(), batch.keyAt(0), batch.keyLength(0));
                yield visible.seekBefore(k, 0, batch.keyLength(0));
            }
        };
    }

    @SuppressWarnings("ReferenceEquality") // a view is itself or another one
    private VisibleCursor sources(ReadView view) throws IOException {
        VisibleCursor opened = sources;
        long closings = store.files().closings();
        if (opened != null && sourcesView == view && sourcesClosings == closings) {
            return opened;
        }
        giveUpSources();
        opened =
                new VisibleCursor(
                        ViewSources.open(view, store.files(), from, to),
                        pin.sequence,
                        from,
                        to,
                        memory);
        sources = opened;
        memory.using(opened);
        sourcesView = view;
        sourcesClosings = closings;
        return opened;
    }

    private void giveUpSources() {
        VisibleCursor opened = sources;
        sources = null;
        memory.using(null);
        sourcesView = null;
        standing = 0;
        if (opened != null) {
            opened.close();
        }
        memory.reset();
    }

    private int at() {
        checkOpen();
        if (position != Position.AT) {
            throw new IllegalStateException(
                    "the cursor is not at an entry; call next, previous or seek and look at what"
                            + " they return");
        }
        return index;
    }

    @Override
    public byte[] key() {
        return batch.key(at());
    }

    @Override
    public byte[] value() {
        int i = at();
        if (batch.hasValue(i)) {
            return batch.value(i);
        }
        byte[] value = keyspace.getForCursor(batch.key(i), pin.sequence);
        if (value == null) {
            throw new IllegalStateException("a version that an open cursor needs is gone");
        }
        return value;
    }

    @Override
    public int keyLength() {
        return batch.keyLength(at());
    }

    @Override
    public int valueLength() {
        return batch.valueLength(at());
    }

    @Override
    public int copyKey(MemorySegment target) {
        Objects.requireNonNull(target, "target");
        int i = at();
        int length = batch.keyLength(i);
        if (length <= target.byteSize()) {
            MemorySegment.copy(
                    batch.bytes(),
                    batch.keyAt(i),
                    target,
                    java.lang.foreign.ValueLayout.JAVA_BYTE,
                    0,
                    length);
        }
        return length;
    }

    @Override
    public int copyValue(MemorySegment target) {
        Objects.requireNonNull(target, "target");
        int i = at();
        int length = batch.valueLength(i);
        if (length <= target.byteSize()) {
            byte[] bytes = batch.hasValue(i) ? batch.bytes() : value();
            MemorySegment.copy(
                    bytes,
                    batch.hasValue(i) ? batch.valueAt(i) : 0,
                    target,
                    java.lang.foreign.ValueLayout.JAVA_BYTE,
                    0,
                    length);
        }
        return length;
    }

    private void checkOpen() {
        store.health().checkOpen();
        if (closed) {
            throw Errors.closed("the cursor");
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        ReadContext context = store.reads().enter();
        try {
            giveUpSources();
            if (!store.isClosed()) {
                store.cursorMemories().give(memory);
            }
        } finally {
            context.exit();
        }
        store.snapshots().close(pin);
        keyspace.releaseForCursor();
    }
}
