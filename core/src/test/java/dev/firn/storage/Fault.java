package dev.firn.storage;

import java.io.IOException;

/// What a [FaultyStorage] does instead of, or around, an operation.
public sealed interface Fault {
    /// The operation fails and nothing is done. A force of a [SimulatedStorage] then has lost what
    /// was not durable, although programs go on to see it, and later forces do not bring it back.
    record InputOutputError() implements Fault {}

    /// The operation is done, and then fails: who called it cannot know.
    record ErrorAfterwards() implements Fault {}

    /// The operation fails for want of space, and nothing is done.
    record DiskFull() implements Fault {}

    /// Of a write only the first part (0 to 1) is done, then it fails.
    record ShortWrite(double part, boolean diskFull) implements Fault {}

    /// A force, of a file or of the directory, says it is done and does nothing.
    record LyingForce() implements Fault {}

    /// Something else happens first: a delay, a copy of the storage, an exception of one's own.
    record Before(Action action) implements Fault {}

    /// What [Before] does.
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }
}
