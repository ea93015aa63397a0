package dev.firn;

import dev.firn.engine.FileDump;
import dev.firn.engine.Repair;
import dev.firn.engine.Store;
import dev.firn.engine.Verifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// An ordered, durable key-value store in one directory: a log-structured merge tree.
///
/// ```java
/// try (Firn store = Firn.open(Path.of("data"))) {
///   store.put("ada".getBytes(UTF_8), "1815".getBytes(UTF_8));
///   byte[] year = store.get("ada".getBytes(UTF_8));
/// }
/// ```
///
/// A store holds named [keyspaces][Keyspace]; the short forms here ([#put], [#get] …) are those of
/// the keyspace named `default`. Any number of threads may use a store, its keyspaces and
/// snapshots; cursors and batches belong to one thread at a time. One process opens a directory at
/// a time.
///
/// After [#close] every method of the store (but [#directory]) and of all it gave out throws
/// [FirnException] of kind `CLOSED`, in whatever order things are closed. A thread that is
/// interrupted inside a call keeps its interrupt flag; the call and the store are not disturbed.
public sealed interface Firn extends AutoCloseable permits Store {
    /// The name of the keyspace that always exists.
    String DEFAULT_KEYSPACE = "default";

    /// Opens a store, creating it where there is none.
    ///
    /// @throws FirnException of kind `LOCKED`, `INCOMPATIBLE`, `CORRUPT`, `READ_ONLY`, `DISK_FULL`,
    ///     `IO`
    static Firn open(Path directory) {
        return open(directory, Options.defaults());
    }

    /// Opens a store with options. What the log holds is recovered first: the time grows with the
    /// log, not with the store.
    ///
    /// @throws FirnException of kind `LOCKED`, `NOT_FOUND`, `INCOMPATIBLE`, `CORRUPT`,
    ///     `READ_ONLY` (its files cannot be written), `DISK_FULL`, `OUT_OF_MEMORY` (the log does
    ///     not fit the budget), `IO`
    static Firn open(Path directory, Options options) {
        return Store.open(
                Objects.requireNonNull(directory, "directory"),
                Objects.requireNonNull(options, "options"));
    }

    /// Reads every block of every file of a store that is not open and checks every checksum and
    /// the order of keys. Damage is reported, not thrown; nothing is changed.
    ///
    /// @param progress is told the number of bytes read so far
    /// @throws FirnException of kind `LOCKED`, `NOT_FOUND` or `IO`
    static VerifyReport verify(Path directory, LongConsumer progress) {
        return Verifier.verify(
                Objects.requireNonNull(directory, "directory"),
                Objects.requireNonNull(progress, "progress"));
    }

    /// Rebuilds a damaged store that is not open from its files that are whole, and says what was
    /// saved and what was lost. No file is deleted: what is damaged or not used any more is moved
    /// to a folder in the store's directory, with the report. A store in which [#verify] finds
    /// nothing is left as it is.
    ///
    /// Afterwards the store opens, [#verify] finds nothing, and every value that it returns is one
    /// that was written; which promises do not hold for what was lost is told by the report. Copy
    /// the directory first if the device itself is failing.
    ///
    /// A repair that fails before it has begun to replace the manifest takes back what it wrote.
    /// One that is cut off leaves a file `REPAIRING`: then nobody opens the store to write until it
    /// is repaired again; it can be opened to read while `CURRENT` still names the old manifest.
    ///
    /// @param progress is told the number of bytes read so far
    /// @throws FirnException of kind `LOCKED`, `NOT_FOUND`, `INCOMPATIBLE`, `READ_ONLY`,
    ///     `DISK_FULL`, `OUT_OF_MEMORY`, `CORRUPT`, `IO` or `FAILED`; the repair can be begun again
    ///     then
    static RepairReport repair(Path directory, RepairOptions options, LongConsumer progress) {
        return Repair.repair(
                Objects.requireNonNull(directory, "directory"),
                Objects.requireNonNull(options, "options"),
                Objects.requireNonNull(progress, "progress"));
    }

    /// Tells what one file of a store holds, line by line: a segment of the log, a manifest,
    /// `CURRENT` or a table. This is how one looks into an incident: of a damaged file all is told
    /// that can be read, and what is wrong where. Whether the store is open does not matter, its
    /// other files need not be there, and nothing is locked or changed.
    ///
    /// Keys stand escaped in the lines, their first 40 bytes; so do values, if they are wanted.
    ///
    /// @param lines gets the lines, on the calling thread
    /// @throws FirnException of kind `NOT_FOUND` or `IO`
    static DumpReport dumpFile(Path file, DumpOptions options, Consumer<DumpLine> lines) {
        return FileDump.dump(
                Objects.requireNonNull(file, "file"),
                Objects.requireNonNull(options, "options"),
                Objects.requireNonNull(lines, "lines"));
    }

    /// The directory it was opened in.
    Path directory();

    /// The keyspace named `default`.
    Keyspace keyspace();

    /// The keyspace of a name, created with the default options where there is none (in a read-only
    /// store that is `NOT_FOUND`). Names have 1 to 64 characters of `A-Z a-z 0-9 _ . -`.
    Keyspace keyspace(String name);

    /// The keyspace of a name, or null when there is none.
    @Nullable
    Keyspace findKeyspace(String name);

    /// Creates a keyspace; durable when it returns.
    ///
    /// @throws IllegalArgumentException when there is one of the name, or the name is not legal
    Keyspace createKeyspace(String name, KeyspaceOptions options);

    /// Drops a keyspace and all it holds; durable when it returns. Its handles throw from then on.
    /// The default one cannot be dropped.
    ///
    /// Its files are gone from the directory when this returns, and their space is free moments
    /// later. Cursors that are open go on, in both directions; the tables that their ranges reach
    /// into take space until they are closed.
    void dropKeyspace(String name);

    /// The names of all keyspaces, sorted.
    List<String> keyspaceNames();

    /// Applies a batch with the store's durability and returns the sequence number of its last
    /// write.
    long write(WriteBatch batch);

    /// Applies a batch and returns the sequence number of its last write.
    long write(WriteBatch batch, Durability durability);

    /// The state of the whole store as of now.
    Snapshot snapshot();

    /// Makes every logged write that was acknowledged so far durable.
    void sync();

    /// Writes all memtables to tables and returns when they are durable.
    void flush();

    /// Flushes, then merges every keyspace down to one run, dropping shadowed versions and
    /// tombstones that no snapshot needs. Returns when it is done.
    void compact();

    /// Waits until the flushes, compactions and the merging-down that are due at the call are done.
    ///
    /// @return whether they are; false when the timeout came first
    boolean awaitIdle(Duration timeout);

    /// Starts no compaction until [#resumeCompaction]. Flushes go on; writes are slowed down when
    /// runs pile up.
    void pauseCompaction();

    /// Ends [#pauseCompaction].
    void resumeCompaction();

    /// The figures of the store as of now.
    Statistics statistics();

    /// The figures as a bean that an application can register with JMX under a name of its choice.
    default FirnMXBean mxBean() {
        return new StoreBean(this);
    }

    /// The tables of every keyspace by level, newest first.
    List<KeyspaceTree> tree();

    /// Sets the value of a key in the default keyspace, see [Keyspace#put(byte\[\], byte\[\])].
    default long put(byte[] key, byte[] value) {
        return keyspace().put(key, value);
    }

    /// The value of a key in the default keyspace, or null, see [Keyspace#get(byte\[\])].
    default byte @Nullable [] get(byte[] key) {
        return keyspace().get(key);
    }

    /// Deletes a key in the default keyspace, see [Keyspace#delete(byte\[\])].
    default long delete(byte[] key) {
        return keyspace().delete(key);
    }

    /// A cursor over a range of the default keyspace, see [Keyspace#scan].
    default Cursor scan(KeyRange range) {
        return keyspace().scan(range);
    }

    /// The entries of a range of the default keyspace, see [Keyspace#stream].
    default Stream<Entry> stream(KeyRange range) {
        return keyspace().stream(range);
    }

    /// Waits for running background work, makes the log durable, and releases files, memory,
    /// threads and the lock. A second call does nothing; any thread may call it.
    ///
    /// @throws FirnException when not all that was acknowledged may be durable, as after a failure
    ///     of log or manifest, whoever was told of it before; all is released even then
    @Override
    void close();
}
