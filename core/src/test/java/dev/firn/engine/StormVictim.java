package dev.firn.engine;

import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;

/// A thread of [InterruptStormAttack]: is interrupted inside calls, or comes into them interrupted,
/// and must be interrupted still when they have returned.
final class StormVictim {
    private final ReentrantLock lock = new ReentrantLock();
    private final Thread thread = Thread.currentThread();
    private final Random random;
    private boolean inside;
    private int sent;
    private long interrupts;

    /// The calling thread.
    StormVictim(long seed) {
        this.random = new Random(seed);
    }

    /// Makes a call.
    ///
    /// @param name for messages
    /// @return whether it was interrupted in it, or had come into it interrupted
    boolean call(String name, Workers.Work work) {
        begin();
        try {
            work.run();
        } catch (Violation e) {
            throw e;
        } catch (Throwable t) {
            throw new Violation(Kind.UNEXPECTED_ERROR,
                    name + " of an interrupted thread: " + t, t);
        } finally {
            inside(false);
        }
        end(name);
        return sent > 0;
    }

    private void begin() {
        lock.lock();
        try {
            sent = 0;
            inside = true;
            boolean old = Thread.interrupted();
            assert !old : "nobody interrupts between calls";
            if (random.nextBoolean()) {
                interruptNow();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Counts unless the thread is interrupted already: that interrupt changes nothing. One that
    /// comes while an engine has taken the mark away, to wait, counts.
    private void interruptNow() {
        sent += thread.isInterrupted() ? 0 : 1;
        thread.interrupt();
    }

    private void inside(boolean is) {
        lock.lock();
        try {
            inside = is;
        } finally {
            lock.unlock();
        }
    }

    private void end(String name) {
        interrupts += sent;
        if (sent > 0 && !Thread.interrupted()) {
            throw new Violation(Kind.UNEXPECTED_ERROR, name + " swallows an interrupt");
        }
    }

    /// Interrupts the thread if it is inside a call; for another thread.
    void interrupt() {
        lock.lock();
        try {
            if (inside) {
                interruptNow();
            }
        } finally {
            lock.unlock();
        }
    }

    /// How often it was interrupted that was not so already; for its own thread.
    long interrupts() {
        return interrupts;
    }
}
