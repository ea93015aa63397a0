package dev.firn.sstable;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// A few objects that are expensive to make, kept for whoever needs one next.
///
/// It never blocks and never makes anything: an empty pool answers null, a full one declines, and
/// the caller makes or disposes of the object. An object is with one owner at a time. Any thread
/// may call.
final class Spares<T> {
    private final AtomicReferenceArray<@Nullable T> slots;

    Spares(int count) {
        slots = new AtomicReferenceArray<>(count);
    }

    /// A kept object, which is now the caller's, or null.
    @Nullable
    T take() {
        for (int i = 0; i < slots.length(); i++) {
            if (slots.getPlain(i) != null) {
                T kept = slots.getAndSet(i, null);
                if (kept != null) {
                    return kept;
                }
            }
        }
        return null;
    }

    /// Keeps an object the caller is done with; false when there is no room for it.
    boolean give(T spare) {
        for (int i = 0; i < slots.length(); i++) {
            if (slots.getPlain(i) == null && slots.compareAndSet(i, null, spare)) {
                return true;
            }
        }
        return false;
    }
}
