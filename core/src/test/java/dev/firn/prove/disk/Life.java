package dev.firn.prove.disk;

import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import dev.firn.storage.FileAccess;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A process that runs [Writer], seen from the one that started it.
///
/// A thread of its own reads what it says all the time.
final class Life implements AutoCloseable {
    private static final long SECONDS_MAX = 120;

    /// The exit code of a process that was killed, also that of a tracer of one.
    private static final int KILLED = 128 + 9;
    private static final long TRY_MICROS = 50_000;
    private static final int STEPS_MAX = Workload.JOURNAL_STEPS - 500;

    private final Process process;
    private final Thread reader;
    private final Thread killer;
    private final long from;
    private boolean started;
    private boolean opened;
    private boolean full;
    private long timesFull;
    private boolean done;
    private boolean ended;
    private long acknowledged;
    private long lastWord = System.nanoTime();
    private @Nullable String failure;
    private @Nullable String failedWhile;
    private @Nullable String unread;
    private @Nullable String broken;

    /// How a process is started.
    ///
    /// @param prefix a command that runs it, else empty
    /// @param jvm more arguments for the JVM
    /// @param classPath where its classes are
    /// @param access how logs are written
    /// @param steps how many it makes before it closes the store; 0 for as many as there is time for
    record Start(List<String> prefix, List<String> jvm, String classPath, FileAccess access,
            int steps) {
        static Start of(FileAccess access) {
            return new Start(List.of(), List.of(), Engines.usual(), access, 0);
        }

        Start under(List<String> command) {
            return new Start(command, jvm, classPath, access, steps);
        }

        Start with(String otherClassPath) {
            return new Start(prefix, jvm, otherClassPath, access, steps);
        }

        Start telling(String... arguments) {
            return new Start(prefix, List.of(arguments), classPath, access, steps);
        }

        Start making(int someSteps) {
            return new Start(prefix, jvm, classPath, access, someSteps);
        }
    }

    private Life(Process process, long from) {
        this.process = process;
        this.from = from;
        killer = new Thread(() -> kill(process));
        Runtime.getRuntime().addShutdownHook(killer);
        reader = Thread.ofPlatform().daemon().start(this::listen);
    }

    /// Starts a process that goes on where the history is.
    static Life start(Path directory, History history, Start start) throws IOException {
        List<String> command = new ArrayList<>(start.prefix());
        long last = history.next() + (start.steps() > 0 ? start.steps() : STEPS_MAX);
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1", "-Xmx96m", "-XX:+UseSerialGC", "-XX:-UsePerfData",
                "-XX:ErrorFile=/dev/stderr"));
        command.addAll(start.jvm());
        command.addAll(List.of("-cp", start.classPath(), Writer.class.getName(),
                directory.toString(), Long.toString(history.workload().seed()),
                history.workload().kind().toString(), Long.toString(history.next()),
                Long.toString(last), start.access().toString(),
                start.steps() > 0 ? "close" : "stay"));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        return new Life(process, history.next());
    }

    private void listen() {
        try (InputStream stream = process.getInputStream();
                DataInputStream in = new DataInputStream(new BufferedInputStream(stream))) {
            while (true) {
                hear(in.readLong(), in);
            }
        } catch (EOFException e) {
            finish(null);
        } catch (IOException | RuntimeException e) {
            finish(e.toString());
        }
    }

    private synchronized void hear(long said, DataInputStream in) throws IOException {
        if (said == Writer.STARTED) {
            started = true;
        } else if (said == Writer.OPENED) {
            opened = true;
        } else if (said == Writer.FULL) {
            full = true;
            timesFull++;
        } else if (said == Writer.DONE) {
            done = true;
        } else if (said == Writer.FAILED) {
            failure = in.readUTF();
            failedWhile = in.readUTF();
        } else if (said == Writer.UNREAD) {
            unread = in.readUTF();
        } else if (said == Writer.BROKEN) {
            broken = in.readUTF();
        } else if (said == from + acknowledged) {
            acknowledged++;
        } else {
            throw new IOException("it said " + said + " instead of " + (from + acknowledged));
        }
        lastWord = System.nanoTime();
        notifyAll();
    }

    private synchronized void finish(@Nullable String wrong) {
        ended = true;
        if (broken == null) {
            broken = wrong;
        }
        notifyAll();
    }

    /// Waits until it has said something, or ended.
    private synchronized void await(BooleanSupplier event) throws InterruptedException {
        long begin = System.nanoTime();
        while (!event.getAsBoolean() && !ended) {
            long now = System.nanoTime();
            long silent = Math.min(now - begin, now - lastWord);
            long left = TimeUnit.SECONDS.toMillis(SECONDS_MAX)
                    - TimeUnit.NANOSECONDS.toMillis(silent);
            if (left <= 0) {
                throw new Violation(Kind.HANG, "a process said nothing more for " + SECONDS_MAX
                        + " s after " + acknowledged + " steps");
            }
            wait(left);
        }
    }

    /// Waits until it is about to open the store, and lets some time pass.
    void awaitStarted(long micros) throws InterruptedException {
        await(() -> started);
        run(micros);
    }

    /// Waits until so many steps have been made, or the disk is full.
    void awaitSteps(long steps) throws InterruptedException {
        await(() -> acknowledged >= Math.min(steps, STEPS_MAX) || full);
    }

    /// Lets time pass, unless it ends before.
    void run(long micros) throws InterruptedException {
        process.waitFor(micros, TimeUnit.MICROSECONDS);
    }

    /// Waits until it has come to its end by itself. Some full disks are said to have space again; then there is none.
    void awaitEnd(int spaces) throws IOException, InterruptedException {
        for (int i = 0; i <= spaces; i++) {
            await(() -> full);
            if (!isFull()) {
                break;
            }
            if (i < spaces) {
                if (i > 0) {
                    run(TRY_MICROS); // What failed in the background waits before it tries again.
                }
                goOn();
            } else {
                process.getOutputStream().close();
            }
        }
        await(() -> false);
        reader.join();
        process.waitFor();
    }

    /// Stops all of its threads, and returns when they have.
    void freeze() throws IOException, InterruptedException {
        if (!process.isAlive()) {
            throw new Violation(Kind.UNEXPECTED_ERROR, "the process has ended: " + failure());
        }
        Machine.run("kill", "-STOP", Long.toString(process.pid()));
        while (!isFrozen()) {
            if (process.waitFor(1, TimeUnit.MILLISECONDS)) {
                throw new Violation(Kind.UNEXPECTED_ERROR, "it ended instead: " + failure());
            }
        }
    }

    private boolean isFrozen() {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            for (Path thread : threads.toList()) {
                String stat = Files.readString(thread.resolve("stat"));
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
            return true;
        } catch (IOException | UncheckedIOException e) {
            // A thread has ended between list and look: once more.
            return false;
        }
    }

    /// Kills it, and hears what it had said before it died.
    void kill() throws InterruptedException {
        kill(process);
        reader.join();
        process.waitFor();
    }

    /// By its handle, which leaves our end of the pipe open. What a tracer traces goes first: it would live on.
    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
    }

    /// There is space again: it may go on.
    void goOn() throws IOException {
        synchronized (this) {
            full = false;
        }
        try {
            process.getOutputStream().write(1);
            process.getOutputStream().flush();
        } catch (IOException e) {
            if (process.isAlive()) {
                throw e;
            }
        }
    }

    synchronized boolean isFull() {
        return full;
    }

    /// How often the disk was full.
    synchronized long timesFull() {
        return timesFull;
    }

    synchronized boolean isOpened() {
        return opened;
    }

    synchronized boolean isDone() {
        return done;
    }

    /// How many steps it has said to be done.
    synchronized long acknowledged() {
        return acknowledged;
    }

    /// Whether nobody has killed it yet, and it has not ended.
    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    int exitCode() {
        return process.exitValue();
    }

    /// What it failed of: a kind, and a message.
    synchronized @Nullable String failure() {
        return failure;
    }

    /// Whether it has failed while the store was [Writer#OPENING], [Writer#OPEN] or [Writer#CLOSING].
    synchronized boolean hasFailedWhile(String at) {
        return at.equals(failedWhile);
    }

    /// @throws Violation when it has seen a promise broken
    void mustBeSound() {
        mustBeSound(false);
    }

    /// @param unreadable whether tables may be unreadable, so that reads fail as well
    /// @throws Violation when it has seen a promise broken
    synchronized void mustBeSound(boolean unreadable) {
        if (broken != null) {
            throw new Violation(Kind.UNEXPECTED_ERROR, "the process says: " + broken);
        }
        if (unread != null && !(unreadable && unread.matches("(?s)(IO|DISK_FULL) .*"))) {
            throw new Violation(Kind.UNEXPECTED_ERROR,
                    "after " + failure + ", reads do not go on: " + unread);
        }
    }

    /// @throws Violation when it has ended in any other way than by being killed, or had failed before
    synchronized void mustHaveBeenKilled() {
        mustBeSound();
        if (failure != null || done || process.exitValue() != KILLED) {
            throw new Violation(Kind.UNEXPECTED_ERROR, "it was not killed, but ended with exit "
                    + process.exitValue() + " and " + failure + " after " + acknowledged
                    + " steps");
        }
    }

    @Override
    public void close() throws InterruptedException {
        kill();
        Runtime.getRuntime().removeShutdownHook(killer);
    }
}
