package dev.firn.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/// Runs a whole store on one thread, in a time of its own: background steps cost a fixed time on a
/// background of one thread, and run while the writer lets time pass. So how writers are held up
/// can be looked at without a clock.
final class VirtualTimeScheduler implements Scheduler {
    private record Timer(long due, long order, Priority priority, Task task) {}

    private final long stepNanos;
    private final List<ArrayDeque<Task>> queues = new ArrayList<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(
                    Comparator.comparingLong(Timer::due).thenComparingLong(Timer::order));
    private long now = 1_000_000_000L;
    private long background = now;
    private long orders;
    private boolean stepping;

    VirtualTimeScheduler(long stepNanos) {
        this.stepNanos = stepNanos;
        for (Priority priority : Priority.values()) {
            assert priority.ordinal() == queues.size();
            queues.add(new ArrayDeque<>());
        }
    }

    @Override
    public void submit(Priority priority, Task task) {
        queues.get(priority.ordinal()).add(task);
    }

    @Override
    public void submitAfter(long nanos, Priority priority, Task task) {
        timers.add(new Timer(nanoTime() + nanos, orders++, priority, task));
    }

    /// One step in the background, if it begins before the given time.
    private boolean step(long before) {
        if (stepping) {
            return false;
        }
        background = Math.max(background, now);
        while (!timers.isEmpty() && timers.peek().due <= background) {
            Timer timer = timers.remove();
            submit(timer.priority, timer.task);
        }
        if (background >= before) {
            return false;
        }
        for (ArrayDeque<Task> queue : queues) {
            Task task = queue.poll();
            if (task != null) {
                stepping = true;
                try {
                    if (!task.step()) {
                        queue.add(task);
                    }
                } finally {
                    stepping = false;
                }
                background += stepNanos;
                return true;
            }
        }
        if (timers.isEmpty() || timers.peek().due >= before) {
            return false;
        }
        background = timers.peek().due;
        return true;
    }

    @Override
    public void pause(long nanos) {
        if (stepping) {
            background += nanos;
            return;
        }
        long end = now + nanos;
        while (step(end)) {
            now = Math.min(end, background);
        }
        now = end;
    }

    @Override
    public boolean await(Gate gate, BooleanSupplier condition, long timeoutNanos) {
        long end = timeoutNanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + timeoutNanos;
        while (!condition.getAsBoolean()) {
            if (!step(end)) {
                if (end == Long.MAX_VALUE) {
                    throw new AssertionError("everybody waits, and nothing will happen");
                }
                now = end;
                return condition.getAsBoolean();
            }
            now = Math.max(now, background);
        }
        return true;
    }

    @Override
    public long nanoTime() {
        return stepping ? background : now;
    }

    @Override
    public long currentTimeMillis() {
        return 1_700_000_000_000L + nanoTime() / 1_000_000;
    }

    @Override
    public void close() {
        queues.forEach(ArrayDeque::clear);
        timers.clear();
    }
}
