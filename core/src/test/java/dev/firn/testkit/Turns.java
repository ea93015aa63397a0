package dev.firn.testkit;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Two pieces of work on two threads of which only one runs, in turns that are given: the first goes
/// on to its n-th point, the second to its m-th, and so on; after the last turn each runs to its
/// end. Points are calls of [#point]. What happens is the same each time.
public final class Turns {
    private static final long NO_END = Long.MAX_VALUE;
    private static volatile @Nullable Turns running;

    private final Semaphore[] go = {new Semaphore(0), new Semaphore(0)};
    private final Thread[] threads = new Thread[2];
    private final boolean[] ended = new boolean[2];
    private final int[] passed = new int[2];
    private final int[] lengths;
    private volatile @Nullable Throwable failure;
    private int turn;
    private int next;
    private long left;

    private Turns(int... lengths) {
        this.lengths = lengths;
    }

    /// Runs both.
    ///
    /// @param lengths after how many points the other one comes
    /// @return how many points each has passed
    /// @throws AssertionError when one of them throws
    public static int[] run(Runnable first, Runnable second, int... lengths)
            throws InterruptedException {
        Turns turns = new Turns(lengths);
        turns.threads[0] = Thread.currentThread();
        turns.threads[1] = Thread.ofPlatform().unstarted(() -> {
            turns.go[1].acquireUninterruptibly();
            turns.runToEnd(second, 1);
        });
        turns.left = turns.length();
        running = turns;
        try {
            turns.threads[1].start();
            turns.runToEnd(first, 0);
            turns.threads[1].join();
        } finally {
            running = null;
        }
        Throwable thrown = turns.failure;
        if (thrown != null) {
            throw new AssertionError(thrown);
        }
        return turns.passed;
    }

    /// A point where the other one may come in. Nothing when no turns are taken.
    public static void point() {
        Turns turns = running;
        if (turns != null && Thread.currentThread() == turns.threads[turns.turn]) {
            turns.pass();
        }
    }

    private long length() {
        return next < lengths.length ? lengths[next++] : NO_END;
    }

    private void pass() {
        int me = turn;
        if (left == 0 && !ended[1 - me]) {
            hand(1 - me);
            go[me].acquireUninterruptibly();
        }
        passed[me]++;
        left--;
    }

    private void hand(int other) {
        left = length();
        turn = other;
        go[other].release();
    }

    private void runToEnd(Runnable work, int me) {
        try {
            work.run();
        } catch (Throwable t) {
            failure = t;
        } finally {
            ended[me] = true;
            if (!ended[1 - me]) {
                hand(1 - me);
            }
        }
    }
}
