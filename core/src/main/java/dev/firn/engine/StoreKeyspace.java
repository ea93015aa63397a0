package dev.firn.engine;

import dev.firn.Cursor;
import dev.firn.Durability;
import dev.firn.Entry;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.KeyspaceOptions;
import dev.firn.ReadTrace;
import dev.firn.cursor.ValueTarget;
import dev.firn.key.ValueKind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A keyspace of an open store: its name, its view, and the two paths.
///
/// Write: `put → CommitPipeline → log append → Memtable.insert → publish → wait for sync if asked`.
/// Read: `get → ReadContexts.enter → view → visible sequence → memtables → tables → filter → index
/// → block`. The view is read before the visible sequence: the other way round a compaction between
/// the two could drop the one version that the older sequence sees.
public final class StoreKeyspace implements Keyspace {
    private final Store store;
    private final int id;
    private final String name;
    private final KeyspaceOptions options;

    /// Null once the keyspace was dropped.
    private volatile @Nullable ReadView view;

    /// What cursors that were open when the keyspace was dropped go on reading.
    private volatile @Nullable ReadView lastView;

    private final AtomicInteger cursors = new AtomicInteger();
    private volatile boolean dropped;

    StoreKeyspace(Store store, int id, String name, KeyspaceOptions options) {
        this.store = store;
        this.id = id;
        this.name = name;
        this.options = options;
    }

    int id() {
        return id;
    }

    Store store() {
        return store;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public KeyspaceOptions options() {
        checkOpen();
        return options;
    }

    KeyspaceOptions persistedOptions() {
        return options;
    }

    @Override
    public boolean isClosed() {
        return dropped || store.isClosed();
    }

    @Nullable
    ReadView view() {
        return view;
    }

    /// What an open cursor reads.
    @Nullable
    ReadView viewForCursor() {
        ReadView now = view;
        return now != null ? now : lastView;
    }

    ReadView viewOrThrow() {
        ReadView now = view;
        if (now == null) {
            throw Errors.dropped(name);
        }
        return now;
    }

    /// Under the mutex of the [VersionSet].
    void setView(ReadView view) {
        this.view = view;
    }

    /// Takes the view away, under the mutex of the [VersionSet].
    ///
    /// @return whether open cursors go on with it
    boolean markDropped(ReadView last) {
        dropped = true;
        boolean keep = cursors.get() > 0;
        lastView = keep ? last : null;
        view = null;
        return keep;
    }

    boolean isDropped() {
        return dropped;
    }

    void checkOpen() {
        store.health().checkOpen();
        if (dropped) {
            throw Errors.dropped(name);
        }
    }

    /// A cursor opens; it may go on when the keyspace is dropped.
    void retainForCursor() {
        cursors.incrementAndGet();
        if (dropped) {
            releaseForCursor();
            throw Errors.dropped(name);
        }
    }

    /// A cursor has closed.
    void releaseForCursor() {
        if (cursors.decrementAndGet() == 0 && dropped) {
            store.releaseLastView(this);
        }
    }

    /// Cursors that are open or being opened.
    int cursors() {
        return cursors.get();
    }

    /// Whether the view kept for cursors has no cursor any more.
    boolean isUnused() {
        return cursors.get() == 0;
    }

    /// Hands the view kept for cursors over to whoever frees it, once.
    synchronized @Nullable ReadView takeLastView() {
        if (cursors.get() > 0) {
            return null;
        }
        ReadView last = lastView;
        lastView = null;
        return last;
    }

    // Writing.

    @Override
    public long put(byte[] key, byte[] value) {
        return put(key, value, store.durability());
    }

    @Override
    public long put(byte[] key, byte[] value, Durability durability) {
        Limits.key(key);
        Limits.value(value);
        Objects.requireNonNull(durability, "durability");
        return store.commits().commit(this, ValueKind.PUT, key, value, durability);
    }

    @Override
    public long put(MemorySegment key, MemorySegment value) {
        return put(key, value, store.durability());
    }

    @Override
    public long put(MemorySegment key, MemorySegment value, Durability durability) {
        Limits.key(key);
        Limits.value(value);
        Objects.requireNonNull(durability, "durability");
        return store.commits().commit(this, ValueKind.PUT, key, value, durability);
    }

    @Override
    public long delete(byte[] key) {
        return delete(key, store.durability());
    }

    @Override
    public long delete(byte[] key, Durability durability) {
        Limits.key(key);
        Objects.requireNonNull(durability, "durability");
        return store.commits().commit(this, ValueKind.DELETE, key, NOTHING, durability);
    }

    @Override
    public long delete(MemorySegment key) {
        Limits.key(key);
        return store.commits().commit(this, ValueKind.DELETE, key, NO_MEMORY, store.durability());
    }

    private static final byte[] NOTHING = {};
    private static final MemorySegment NO_MEMORY = MemorySegment.ofArray(NOTHING);

    // Reading.

    @Override
    public byte @Nullable [] get(byte[] key) {
        Limits.key(key);
        return get(key, PointRead.LATEST);
    }

    byte @Nullable [] get(byte[] key, long sequence) {
        ReadContext context = store.reads().enter();
        try {
            context.target.toArray();
            return find(context, key, key.length, sequence) ? context.target.array() : null;
        } finally {
            context.exit();
        }
    }

    /// A value that an open cursor is at, also when the keyspace was dropped.
    byte @Nullable [] getForCursor(byte[] key, long sequence) {
        ReadContext context = store.reads().enter();
        try {
            store.health().checkOpen();
            ReadView now = viewForCursor();
            context.target.toArray();
            return now != null && store.pointReads().find(context, now, key, key.length, sequence)
                    ? context.target.array()
                    : null;
        } catch (IOException e) {
            throw Errors.of(store.location(), e);
        } finally {
            context.exit();
        }
    }

    @Override
    public byte @Nullable [] get(MemorySegment key) {
        return get(key, PointRead.LATEST);
    }

    byte @Nullable [] get(MemorySegment key, long sequence) {
        int length = Limits.key(key);
        ReadContext context = store.reads().enter();
        try {
            context.target.toArray();
            return find(context, context.keyOf(key, length), length, sequence)
                    ? context.target.array()
                    : null;
        } finally {
            context.exit();
        }
    }

    @Override
    public int get(byte[] key, MemorySegment target) {
        return get(key, target, PointRead.LATEST);
    }

    int get(byte[] key, MemorySegment target, long sequence) {
        Limits.key(key);
        Objects.requireNonNull(target, "target");
        ReadContext context = store.reads().enter();
        try {
            context.target.toMemory(target);
            return find(context, key, key.length, sequence) ? context.target.length() : -1;
        } finally {
            context.exit();
        }
    }

    @Override
    public int get(MemorySegment key, MemorySegment target) {
        return get(key, target, PointRead.LATEST);
    }

    int get(MemorySegment key, MemorySegment target, long sequence) {
        int length = Limits.key(key);
        Objects.requireNonNull(target, "target");
        ReadContext context = store.reads().enter();
        try {
            context.target.toMemory(target);
            return find(context, context.keyOf(key, length), length, sequence)
                    ? context.target.length()
                    : -1;
        } finally {
            context.exit();
        }
    }

    @Override
    public boolean contains(byte[] key) {
        return contains(key, PointRead.LATEST);
    }

    boolean contains(byte[] key, long sequence) {
        Limits.key(key);
        ReadContext context = store.reads().enter();
        try {
            context.target.toLength();
            return find(context, key, key.length, sequence);
        } finally {
            context.exit();
        }
    }

    @Override
    public boolean contains(MemorySegment key) {
        return contains(key, PointRead.LATEST);
    }

    boolean contains(MemorySegment key, long sequence) {
        int length = Limits.key(key);
        ReadContext context = store.reads().enter();
        try {
            context.target.toLength();
            return find(context, context.keyOf(key, length), length, sequence);
        } finally {
            context.exit();
        }
    }

    @Override
    public List<byte @Nullable []> multiGet(List<byte[]> keys) {
        return multiGet(keys, PointRead.LATEST);
    }

    List<byte @Nullable []> multiGet(List<byte[]> keys, long sequence) {
        Objects.requireNonNull(keys, "keys");
        for (byte[] key : keys) {
            Limits.key(key);
        }
        List<byte @Nullable []> values = new ArrayList<>(keys.size());
        ReadContext context = store.reads().enter();
        try {
            ReadView now = enteredView();
            long at = sequence == PointRead.LATEST ? store.commits().visible() : sequence;
            ValueTarget target = context.target;
            for (byte[] key : keys) {
                target.toArray();
                values.add(
                        store.pointReads().find(context, now, key, key.length, at)
                                ? target.array()
                                : null);
            }
        } catch (IOException e) {
            throw Errors.of(store.location(), e);
        } finally {
            context.exit();
        }
        return values;
    }

    private boolean find(ReadContext context, byte[] key, int length, long sequence) {
        ReadView now = enteredView();
        long at = sequence == PointRead.LATEST ? store.commits().visible() : sequence;
        try {
            return store.pointReads().find(context, now, key, length, at);
        } catch (IOException e) {
            throw Errors.of(store.location(), e);
        }
    }

    /// The view, for a thread that has entered.
    private ReadView enteredView() {
        store.health().checkOpen();
        return viewOrThrow();
    }

    @Override
    public Cursor scan(KeyRange range) {
        Objects.requireNonNull(range, "range");
        return StoreCursor.open(this, range, null);
    }

    @Override
    public Stream<Entry> stream(KeyRange range) {
        return CursorStream.of(scan(range), true);
    }

    @Override
    public Stream<Entry> streamDescending(KeyRange range) {
        return CursorStream.of(scan(range), false);
    }

    @Override
    public ReadTrace explain(byte[] key) {
        Limits.key(key);
        ReadContext context = store.reads().enter();
        try {
            context.target.toLength();
            ReadView now = enteredView();
            return store.pointReads().explain(context, now, key, store.commits().visible());
        } catch (IOException e) {
            throw Errors.of(store.location(), e);
        } finally {
            context.exit();
        }
    }

    // Upkeep.

    @Override
    public void flush() {
        checkOpen();
        store.flush(List.of(this));
    }

    @Override
    public void compact(KeyRange range) {
        Objects.requireNonNull(range, "range");
        checkOpen();
        store.compact(List.of(this), range);
    }

    @Override
    public String toString() {
        return "keyspace " + name;
    }

}
