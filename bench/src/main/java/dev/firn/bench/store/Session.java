package dev.firn.bench.store;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What one thread reads and writes with. Each store gets here what its fastest use from Java
/// needs: buffers outside the heap, a read transaction that is renewed, an iterator. Arguments are
/// arrays of just the length and may be changed by the caller afterwards; every read sees what was
/// written before.
public interface Session extends AutoCloseable {
    /// Sets the value of a key.
    void put(byte[] key, byte[] value) throws IOException;

    /// Sets the values of the first `count` keys at once: all of them or none, where the store can.
    void putBatch(byte[][] keys, byte[][] values, int count) throws IOException;

    /// Copies the value of a key to the start of `target`, which is large enough.
    ///
    /// @return its length, or -1 when there is none
    int get(byte[] key, byte[] target) throws IOException;

    /// Deletes a key.
    void delete(byte[] key) throws IOException;

    /// Shows entries in order, as of now.
    ///
    /// @param from where to begin: the first key at or after it, or, backwards, the last at or
    ///     before it; null for the first or the last entry
    /// @param limit the most entries to show
    /// @return how many were shown
    long scan(byte @Nullable [] from, boolean isForward, long limit, Visitor visitor)
            throws IOException;

    /// Releases what it holds.
    @Override
    void close();

    /// Is shown the entries of a scan.
    interface Visitor {
        /// An entry; the arrays may be longer than it, and are valid during the call only.
        void entry(byte[] key, int keyLength, byte[] value, int valueLength);
    }
}
