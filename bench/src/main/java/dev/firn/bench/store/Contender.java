package dev.firn.bench.store;

import java.io.IOException;

/// A store under test, open in a directory of its own.
public interface Contender extends AutoCloseable {
    /// What one thread reads and writes with.
    Session session();

    /// Brings everything written to its place in the files and returns when no background work is
    /// due any more.
    void settle() throws IOException;

    /// The forces of its log since it was opened, or -1 if it does not count them.
    default long syncs() {
        return -1;
    }

    /// The most memory it had accounted for at one time, or -1 if it does not tell.
    default long memoryPeak() {
        return -1;
    }

    /// Ends background work and releases everything. Sessions have to be closed before.
    @Override
    void close();
}
