package dev.firn.engine;

import dev.firn.engine.WorkHealth.Work;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How callers wait for background work. A failure of what they wait for ends the wait, and so does
/// the end of the store.
final class BackgroundWait {
    private final StoreParts parts;

    BackgroundWait(StoreParts parts) {
        this.parts = parts;
    }

    /// Returns when something is done, and only then; throws what has kept it from being done.
    ///
    /// @param failed what the work has failed with and not got over, or null
    void until(BooleanSupplier done, Work work, Supplier<@Nullable Throwable> failed) {
        Health health = parts.health();
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
                throw Errors.inBackground(parts.storage().location(), work, cause);
            }
        }
    }

    /// Waits until the condition holds, the store is closed or poisoned, or the time is over.
    ///
    /// @return whether the time is not over
    boolean anyEnd(BooleanSupplier condition, long nanos) {
        Health health = parts.health();
        return parts.tasks()
                .await(
                        () -> health.isClosed() || health.isPoisoned()
                                || condition.getAsBoolean(),
                        nanos);
    }
}
