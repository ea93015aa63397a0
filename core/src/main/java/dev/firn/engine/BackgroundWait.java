package dev.firn.engine;

import dev.firn.engine.WorkHealth.Work;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How callers wait for background work. A failure of what they wait for ends the wait, and so does
/// the end of the store.
final class BackgroundWait {
    private final String location;
    private final Tasks tasks;
    private final Health health;

    BackgroundWait(String location, Tasks tasks, Health health) {
        this.location = location;
        this.tasks = tasks;
        this.health = health;
    }

    /// Returns when something is done, and only then; throws what has kept it from being done.
    ///
    /// @param failed what the work has failed with and not got over, or null
    void until(BooleanSupplier done, Work work, Supplier<@Nullable Throwable> failed) {
        // A failure that ends the wait may be over by now; then there is something to wait for.
        while (true) {
            boolean over =
                    anyEnd(() -> done.getAsBoolean() || failed.get() != null, Long.MAX_VALUE);
            assert over;
            if (done.getAsBoolean()) {
                return;
            }
            health.checkWritable();
            Throwable cause = failed.get();
            if (cause != null) {
                throw Errors.inBackground(location, work, cause);
            }
        }
    }

    /// Waits until the condition holds, the store is closed or poisoned, or the time is over.
    ///
    /// @return whether the time is not over
    boolean anyEnd(BooleanSupplier condition, long nanos) {
        return tasks.await(
                () -> health.isClosed() || health.isPoisoned() || condition.getAsBoolean(),
                nanos);
    }
}
