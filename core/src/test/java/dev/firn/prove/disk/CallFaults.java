package dev.firn.prove.disk;

import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Scratch;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import dev.firn.prove.disk.History.End;
import dev.firn.prove.disk.History.Look;
import dev.firn.storage.FileAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Processes whose system calls fail, lie or are slow: the n-th, or from the n-th on. Each ends as documented, and what
/// it had acknowledged is there. Some faults one after the other on one directory.
public final class CallFaults implements Attack {
    private static final int LIVES = 4;
    private static final int STEPS = 250;
    private static final int SPACES = 5;
    private static final String KINDS = "(FAILED|IO|DISK_FULL) .*";

    private final Engines engines = new Engines();
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
        List<CallFault> faults = CallFault.all();
        SplittableRandom random = new SplittableRandom(seed);
        History history = new History(new Workload(seed, Workload.Kind.MIXED));
        try (Scratch scratch = Scratch.create("firn-faults-")) {
            Path store = scratch.path().resolve("store");
            for (int i = 0; i < LIVES; i++) {
                CallFault fault = faults
                        .get((int) Math.floorMod(seed * LIVES + i, faults.size()));
                live(scratch.path(), store, history, fault, random, tally);
            }
        }
    }

    private void live(Path scratch, Path store, History history, CallFault fault,
            SplittableRandom random, Tally tally) throws Exception {
        Path output = scratch.resolve("calls");
        // Most threads make few calls.
        boolean sticky = random.nextInt(3) == 0;
        String injection = fault.injection(1 + random.nextInt(1 + random.nextInt(6)), sticky);
        Life.Start start = Life.Start
                .of(random.nextInt(3) == 0 ? FileAccess.MAPPED : FileAccess.POSITIONED)
                .with(only != null ? only : engines.any(random)).making(STEPS)
                .under(Trace.inject(store, output, fault.call(), fault.target(), injection,
                        firstNumber(store)));
        String what = fault.call() + " " + fault.target() + " " + injection;
        try (Life life = Life.start(store, history, start)) {
            try {
                life.awaitEnd(sticky ? 1 : SPACES);
                life.mustBeSound();
                long injected = Trace.injected(output);
                tally.add(Count.FAULTS, injected > 0 ? 1 : 0);
                judge(fault, life, injected > 0);
                history.check(store, life.acknowledged(), End.PROCESS_DIED,
                        random.nextInt(3) == 0 ? Look.READ_ONLY : Look.RECOVER, tally);
            } catch (Violation e) {
                throw new Violation(e.kind(), what + ": " + e.getMessage(), e);
            }
        }
    }

    private static void judge(CallFault fault, Life life, boolean injected) {
        String failure = life.failure();
        String end = life.isDone() ? "success" : String.valueOf(failure);
        if (!life.isDone() && (failure == null || !failure.replace('\n', ' ').matches(KINDS))) {
            throw new Violation(Kind.UNEXPECTED_ERROR,
                    "it ended with " + end + ", exit " + life.exitCode());
        }
        boolean mustSucceed = !injected || fault.outcome() == CallFault.Outcome.SUCCESS;
        // Told when it meets the opening or the closing; else the step was made again.
        boolean maySayFull = fault.isFullDisk() && end.startsWith("DISK_FULL");
        if ((mustSucceed || fault.isFullDisk()) && !life.isDone() && !maySayFull) {
            throw new Violation(Kind.UNEXPECTED_ERROR, "it ended with " + end);
        }
        if (injected && life.isDone() && fault.outcome() == CallFault.Outcome.REFUSAL) {
            throw new Violation(Kind.UNNOTICED, "it succeeded");
        }
    }

    private static long firstNumber(Path store) throws IOException {
        if (!Files.exists(store)) {
            return 1;
        }
        try (var files = Files.list(store)) {
            return files.map(file -> file.getFileName().toString().replaceAll("[^0-9]", ""))
                    .filter(digits -> !digits.isEmpty()).mapToLong(Long::parseLong).min()
                    .orElse(1);
        }
    }
}
