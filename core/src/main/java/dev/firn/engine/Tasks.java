package dev.firn.engine;

import dev.firn.engine.Scheduler.Priority;
import dev.firn.engine.Scheduler.Task;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// The background tasks of one store on a scheduler that others may share: counts them, so that a
/// closing store can wait for its own, and keeps a failure in one from ending a thread.
final class Tasks {
    private final Scheduler scheduler;
    private final Consumer<Throwable> failed;
    private final Gate gate;
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean closing;

    /// Constructs it of its parts.
    ///
    /// @param failed is told what a task throws; the task is over then
    /// @param gate opened when a task ends
    Tasks(Scheduler scheduler, Gate gate, Consumer<Throwable> failed) {
        this.scheduler = scheduler;
        this.gate = gate;
        this.failed = failed;
    }

    /// Runs a task. When the store closes, a running one is stepped with [#isClosing] true and ends
    /// then; a new one is not begun.
    void submit(Priority priority, Task task) {
        running.incrementAndGet();
        if (closing) {
            end();
            return;
        }
        submitCounted(priority, task);
    }

    /// Runs a task after a time, unless the store is closing by then.
    void submitAfter(long nanos, Priority priority, Task task) {
        scheduler.submitAfter(
                nanos,
                priority,
                () -> {
                    // Counted from here on: a timer that waits does not hold up the closing of the
                    // store.
                    running.incrementAndGet();
                    if (closing) {
                        end();
                    } else {
                        submitCounted(priority, task);
                    }
                    return true;
                });
    }

    private void submitCounted(Priority priority, Task task) {
        try {
            scheduler.submit(priority, () -> step(task));
        } catch (Throwable t) {
            end();
            throw t;
        }
    }

    private boolean step(Task task) {
        boolean done = true;
        try {
            done = task.step();
        } catch (Throwable t) {
            failed.accept(t);
        } finally {
            if (done) {
                end();
            }
        }
        return done;
    }

    private void end() {
        running.decrementAndGet();
        gate.open();
    }

    /// Tells of a failure in a task that goes on.
    void failed(Throwable cause) {
        failed.accept(cause);
    }

    boolean isClosing() {
        return closing;
    }

    /// Asks all tasks to end and waits for them.
    void close() {
        closing = true;
        boolean over = scheduler.await(gate, () -> running.get() == 0, Long.MAX_VALUE);
        assert over;
    }
}
