package dev.firn.engine;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Where threads wait for a change of state. Whoever changes what a condition reads calls [#open]
/// afterwards, without holding a lock that conditions take.
public final class Gate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int waiting;

    /// Lets everybody who waits look again.
    public void open() {
        lock.lock();
        try {
            if (waiting > 0) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Blocks the calling thread until the condition holds or the time is over.
    boolean block(BooleanSupplier condition, long timeoutNanos) {
        boolean interrupted = false;
        lock.lock();
        waiting++;
        try {
            long left = timeoutNanos;
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    return false;
                }
                try {
                    left = changed.awaitNanos(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            waiting--;
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
