package dev.firn.engine;

import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Runs a whole store on one thread: background steps run when the test says so, and whenever
/// somebody waits. Which task steps next is drawn from the seed; time passes only when everybody
/// waits for it.
public final class DeterministicScheduler implements Scheduler {
    private record Timer(long due, long order, Task task) {}

    private final Random random;
    private final List<Task> tasks = new ArrayList<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(
                    (a, b) -> a.due != b.due
                            ? Long.compare(a.due, b.due)
                            : Long.compare(a.order, b.order));
    private long now = 1_000_000_000L;
    private long orders;
    private long steps;
    private boolean stepping;
    private long stepsMax = Long.MAX_VALUE;
    private long looks;
    private long failsAt;
    private long submissions;
    private long refusesAt;
    private @Nullable Error thrown;

    public DeterministicScheduler(long seed) {
        this.random = new Random(seed);
    }

    /// Takes more steps than this for a loop without end.
    public DeterministicScheduler atMost(long steps) {
        stepsMax = steps;
        return this;
    }

    @Override
    public void submit(Priority priority, Task task) {
        take();
        tasks.add(task);
    }

    @Override
    public void submitAfter(long nanos, Priority priority, Task task) {
        take();
        timers.add(new Timer(now + nanos, orders++, task));
    }

    private void take() {
        if (++submissions == refusesAt) {
            thrown = new OutOfMemoryError("no heap to submit a task (injected)");
            throw thrown;
        }
    }

    /// Lets the n-th submission of a task throw; 0 for none.
    void refuseAt(long submission) {
        refusesAt = submission;
    }

    /// How many tasks were submitted.
    long submissions() {
        return submissions;
    }

    /// Runs one step of some task.
    ///
    /// @return whether there was one
    public boolean step() {
        while (!timers.isEmpty() && timers.peek().due <= now) {
            tasks.add(timers.poll().task);
        }
        if (tasks.isEmpty()) {
            return false;
        }
        if (++steps > stepsMax) {
            throw new Violation(Kind.HANG, "background work does not come to an end");
        }
        Task task = tasks.remove(random.nextInt(tasks.size()));
        boolean outer = stepping;
        stepping = true;
        try {
            if (!task.step()) {
                tasks.add(task);
            }
        } finally {
            stepping = outer;
        }
        return true;
    }

    /// Runs steps until no task wants to run now.
    public void drain() {
        while (step()) {
            // Every task ends.
        }
    }

    /// How many steps have been run.
    public long steps() {
        return steps;
    }

    /// Lets time pass, with what is due.
    public void advance(long nanos) {
        now += nanos;
    }

    @Override
    public boolean await(Gate gate, BooleanSupplier condition, long timeoutNanos) {
        long end = timeoutNanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + timeoutNanos;
        while (!condition.getAsBoolean()) {
            if (step()) {
                continue;
            }
            Timer next = timers.peek();
            if (next == null && end == Long.MAX_VALUE) {
                throw new Violation(Kind.HANG, "everybody waits, and nothing will happen");
            }
            now = next == null || next.due > end ? end : next.due;
            if (now == end) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    @Override
    public void pause(long nanos) {
        now += nanos;
    }

    /// Lets the n-th look of a background step at the clock throw, as any line may when the stack
    /// or the heap is at its end; 0 for none.
    void failAt(long look) {
        failsAt = look;
    }

    /// What a background step met.
    @Nullable
    Error thrown() {
        return thrown;
    }

    /// How often background steps have looked at the clock.
    long looks() {
        return looks;
    }

    @Override
    public long nanoTime() {
        if (stepping && ++looks == failsAt) {
            thrown = new StackOverflowError("no stack (injected)");
            throw thrown;
        }
        return now;
    }

    @Override
    public long currentTimeMillis() {
        return 1_700_000_000_000L + now / 1_000_000;
    }

    @Override
    public void close() {
        tasks.clear();
        timers.clear();
    }
}
