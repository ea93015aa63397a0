package dev.firn.engine;

import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Threads of one session of an attack: the first failure of one of them ends it, and one that does
/// not end is told with the stacks of all.
final class Workers {
    /// So long may a session take to end: far more than it needs on the slowest machine.
    private static final long SECONDS_MAX = 180;

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /// What a thread does.
    interface Work {
        void run() throws Exception;
    }

    Thread start(String name, Work work) {
        Thread thread = Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                work.run();
            } catch (Throwable t) {
                failed(t);
            }
        });
        threads.add(thread);
        return thread;
    }

    void failed(Throwable t) {
        Throwable first = failure.compareAndExchange(null, t);
        if (first != null && first != t) {
            first.addSuppressed(t);
        }
    }

    boolean haveFailed() {
        return failure.get() != null;
    }

    /// Waits for all of them.
    ///
    /// @throws Violation when one does not end, or has thrown something
    void join() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        for (Thread thread : threads) {
            long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
            thread.join(left);
            if (thread.isAlive()) {
                throw new Violation(Kind.HANG, thread.getName() + " does not end" + dump(),
                        failure.get());
            }
        }
        switch (failure.get()) {
            case null -> {
            }
            case Violation violation -> throw violation;
            case Throwable t -> throw new Violation(Kind.UNEXPECTED_ERROR, t.toString(), t);
        }
    }

    private static String dump() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> each : Thread.getAllStackTraces().entrySet()) {
            text.append('\n').append(each.getKey().getName()).append(' ')
                    .append(each.getKey().getState());
            for (StackTraceElement frame : each.getValue()) {
                text.append("\n    ").append(frame);
            }
        }
        return text.toString();
    }
}
