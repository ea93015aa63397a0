package dev.firn;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The reads of a keyspace: as of now (a [Keyspace]) or as of a snapshot ([Snapshot#in]).
///
/// Keys are ordered by their bytes as unsigned numbers, a prefix before what it begins. Any number
/// of threads may read at a time; cursors belong to one thread each. A read takes no lock. It may
/// see a [Durability#SYNC] write whose writer still waits for the disk.
///
/// Every method throws [NullPointerException] for a null argument, naming it, and [FirnException]:
/// of kind `CLOSED` after the store was closed or the keyspace dropped, `CORRUPT` when a block that
/// is needed is damaged (naming file and offset), `IO` when it cannot be read.
public sealed interface KeyspaceReader permits Keyspace, dev.firn.engine.SnapshotReader {
    /// The value of a key in a new array, or null when there is none.
    byte @Nullable [] get(byte[] key);

    /// The value of a key in a new array, or null when there is none. The key may be heap or native
    /// memory; it is read during the call only.
    byte @Nullable [] get(MemorySegment key);

    /// Copies the value of a key to the start of `target`, allocating nothing when the blocks are
    /// cached.
    ///
    /// @return the value's length in bytes, or -1 when there is none. When it is greater than the
    ///     target's size, nothing was copied: call again with more room.
    int get(byte[] key, MemorySegment target);

    /// See [#get(byte\[\], MemorySegment)].
    int get(MemorySegment key, MemorySegment target);

    /// Whether the key has a value. The value itself is not copied.
    boolean contains(byte[] key);

    /// Whether the key has a value. The value itself is not copied.
    boolean contains(MemorySegment key);

    /// The values of several keys, in their order, null where there is none; all as of one moment.
    List<byte @Nullable []> multiGet(List<byte[]> keys);

    /// A cursor over the entries of a range as of now. It is before the first and behind the last
    /// entry at once: begin with [Cursor#next], [Cursor#previous] or a seek. Close it.
    Cursor scan(KeyRange range);

    /// The entries of a range in ascending order, as of now. Close the stream, or consume it whole.
    Stream<Entry> stream(KeyRange range);

    /// The entries of a range in descending order, as of now. Close the stream, or consume it
    /// whole.
    Stream<Entry> streamDescending(KeyRange range);
}
