package dev.firn.prove.disk;

import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Scratch;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import dev.firn.prove.disk.CallFault.Outcome;
import dev.firn.prove.disk.History.End;
import dev.firn.prove.disk.History.Look;
import dev.firn.storage.FileAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Processes whose system calls fail, lie or are slow: the n-th, or from the n-th on. Each ends as documented, and what
/// it had acknowledged is there. Some faults one after the other on one directory.
///
/// P6: after a write or force of log or manifest the end is `FAILED`; zeros that prepare a log's segment apart, after
/// which the log is as it was. P7: a disk that is full once is told, and writing resumes.
public final class CallFaults implements Attack {
    private static final int LIVES = 4;
    private static final int STEPS = 250;
    private static final int SPACES = 100;
    private static final String KINDS = "(FAILED|IO|DISK_FULL) .*";

    private final Engines engines = new Engines();
    private final Map<CallFault, Integer> fired = new ConcurrentHashMap<>();
    private final @Nullable String only;

    /// Of the engine as it is.
    public CallFaults() {
        only = null;
    }

    /// Of one engine, on this class path.
    CallFaults(String only) {
        this.only = only;
    }

    @Override
    public String name() {
        return "system call faults";
    }

    @Override
    public void round(long seed, Tally tally) throws Exception {
        Machine.needs("strace");
        SplittableRandom random = new SplittableRandom(seed);
        History history = new History(new Workload(seed, Workload.Kind.MIXED));
        try (Scratch scratch = Scratch.create("firn-faults-")) {
            Path store = scratch.path().resolve("store");
            for (int i = 0; i < LIVES; i++) {
                CallFault fault = fault(seed * LIVES + i);
                if (fault.needsNewStore()) {
                    live(scratch.path(), scratch.path().resolve("new" + i),
                            new History(history.workload()), fault, random, tally);
                } else {
                    live(scratch.path(), store, history, fault, random, tally);
                }
            }
        }
    }

    /// Each once in as many numbers as there are faults, in another order each time.
    private static CallFault fault(long number) {
        List<CallFault> all = new ArrayList<>(CallFault.all());
        Collections.shuffle(all, new Random(Math.floorDiv(number, all.size())));
        return all.get((int) Math.floorMod(number, all.size()));
    }

    /// In how many processes each has fired, in all rounds so far.
    Map<CallFault, Integer> fired() {
        return Map.copyOf(fired);
    }

    /// Those that have not fired yet.
    Set<CallFault> neverFired() {
        Set<CallFault> never = new LinkedHashSet<>(CallFault.all());
        never.removeAll(fired.keySet());
        return never;
    }

    private void live(Path scratch, Path store, History history, CallFault fault,
            SplittableRandom random, Tally tally) throws Exception {
        Path output = scratch.resolve("calls");
        // Most threads make few calls.
        boolean sticky = random.nextInt(3) == 0;
        String injection = fault.injection(
                1 + random.nextInt(1 + random.nextInt(fault.isRare() ? 2 : 6)), sticky);
        boolean positioned = fault.call().equals("pread64") || random.nextInt(3) > 0;
        Life.Start start = Life.Start
                .of(positioned ? FileAccess.POSITIONED : FileAccess.MAPPED)
                .with(engine(fault, random)).making(STEPS)
                .under(Trace.inject(store, output, fault.call(), fault.target(), injection));
        try (Life life = Life.start(store, history, start)) {
            try {
                life.awaitEnd(sticky ? 1 : SPACES);
                life.mustBeSound(fault.isOfReads());
                List<String> injected = Trace.injected(output);
                if (!injected.isEmpty()) {
                    fired.merge(fault, 1, Integer::sum);
                    tally.add(Count.FAULTS, 1);
                }
                judge(fault, sticky, life, injected);
                history.check(store, life.acknowledged(), End.PROCESS_DIED,
                        random.nextInt(3) == 0 ? Look.READ_ONLY : Look.RECOVER, tally);
            } catch (Violation e) {
                throw new Violation(e.kind(),
                        fault.words() + " " + injection + ": " + e.getMessage(), e);
            }
        }
    }

    private String engine(CallFault fault, SplittableRandom random) throws IOException {
        if (only != null) {
            return only;
        }
        return fault.isOfTurns() ? engines.withSmallFiles() : engines.any(random);
    }

    private static void judge(CallFault fault, boolean sticky, Life life, List<String> injected) {
        String failure = String.valueOf(life.failure()).replace('\n', ' ');
        if (!life.isDone() && (!failure.matches(KINDS) || life.exitCode() != 0)) {
            throw unexpected("it ended with " + failure + ", exit " + life.exitCode());
        }
        if (injected.isEmpty() || fault.outcome() == Outcome.SUCCESS) {
            if (!life.isDone()) {
                throw unexpected("it ended with " + failure + " without a reason");
            }
            return;
        }
        if (injected.stream().anyMatch(fault::mustEndWriting)) {
            if (life.isDone()) {
                throw new Violation(Kind.UNNOTICED, "it succeeded after " + injected);
            }
            // What is not open yet refuses to open instead.
            if (!life.hasFailedWhile(Writer.OPENING) && !failure.startsWith("FAILED ")) {
                throw unexpected("writing does not end, but " + failure + " after " + injected);
            }
        }
        if (injected.stream().allMatch(fault::meansFullDisk) && !life.isDone()) {
            if (!failure.startsWith("DISK_FULL ")) {
                throw unexpected("it is no full disk, but " + failure + " after " + injected);
            }
            // Told when it meets the opening or the closing; else the step was made again.
            if (!sticky && life.hasFailedWhile(Writer.OPEN)) {
                throw new Violation(Kind.HANG, "writing does not resume after " + injected + ": "
                        + failure);
            }
        }
    }

    private static Violation unexpected(String what) {
        return new Violation(Kind.UNEXPECTED_ERROR, what);
    }
}
