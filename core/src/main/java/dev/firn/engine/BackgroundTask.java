package dev.firn.engine;

import dev.firn.engine.Scheduler.Priority;
import dev.firn.engine.Scheduler.Task;
import org.jspecify.annotations.Nullable;

/// A task of a store that is made once, before it is needed, and submitted again and again, never
/// while it waits to be run: so nothing has to be allocated to remember that it must run.
final class BackgroundTask {
    /// What [#waitNanos] is of a task that is to be run at once.
    static final long AT_ONCE = -1;

    final Priority priority;
    final Task task;

    /// What the scheduler runs: its steps, and the end of the time before them.
    final Task step;
    final Task timer;

    /// While it could not be given to the scheduler: after which time it has to run, and the next
    /// of these tasks. Guarded by the lock of [Tasks].
    long waitNanos;
    @Nullable
    BackgroundTask next;

    BackgroundTask(Tasks tasks, Priority priority, Task task) {
        this.priority = priority;
        this.task = task;
        this.step = () -> tasks.step(this);
        this.timer = () -> {
            tasks.submit(this);
            return true;
        };
    }
}
