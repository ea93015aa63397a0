package dev.firn.engine;

import java.util.function.BooleanSupplier;

/// Where background work runs and time passes. Everything that happens later, elsewhere or after a
/// wait goes through here, so that a test can run a whole store on one thread, in an order that a
/// seed decides ([ThreadScheduler] is the real one).
public interface Scheduler extends AutoCloseable {
    /// What is run first when several tasks wait.
    enum Priority {
        /// Forcing the log.
        SYNC,
        /// Writing a frozen memtable to a table.
        FLUSH,
        /// Freeing what nobody reads any more, preparing log segments.
        UPKEEP,
        /// Merging tables.
        COMPACTION
    }

    /// Work in pieces. Between two steps of one task others may run.
    @FunctionalInterface
    interface Task {
        /// Does a bounded piece (milliseconds).
        ///
        /// @return whether the task is finished
        boolean step();
    }

    /// Runs the task, step by step, never two of its steps at a time.
    void submit(Priority priority, Task task);

    /// Submits the task after a time.
    void submitAfter(long nanos, Priority priority, Task task);

    /// Waits until the condition holds. It is evaluated under the gate's lock, again after each
    /// [Gate#open]. An interrupt does not end the wait; the flag is kept.
    ///
    /// @return whether it holds; false when the time is over
    boolean await(Gate gate, BooleanSupplier condition, long timeoutNanos);

    /// Lets time pass on the calling thread.
    void pause(long nanos);

    /// A clock for durations.
    long nanoTime();

    /// A clock for points in time, in milliseconds since 1970.
    long currentTimeMillis();

    /// Ends the threads; tasks that wait are forgotten.
    @Override
    void close();
}
