package dev.firn.bench.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.firn.bench.store.StoreKind;
import dev.firn.bench.work.Child;
import dev.firn.bench.work.Measured;
import dev.firn.bench.work.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Starts a JVM for each measurement: all with the same flags, and with the same total of heap and
/// budget, wherever a store has its caches.
final class Children {
    private static final long PROGRAM_HEAP_BYTES = 256L << 20;
    private static final int LINES_TOLD = 5;

    /// Some stores call native code or look into the JDK; so all may.
    private static final List<String> FLAGS = List.of("-XX:+UseParallelGC", "-ea:dev.firn...",
            "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");

    private final ObjectMapper json = new ObjectMapper();
    private final String classPath;
    private final Duration limit;
    private @Nullable Process running;
    private boolean isStopped;

    Children(String classPath, Duration limit) {
        this.classPath = classPath;
        this.limit = limit;
    }

    /// Runs a task to its end.
    ///
    /// @param log gets what the process prints; deleted when all went well
    /// @return what was measured, or null when the task was to fill a store
    /// @throws IOException when it failed or took too long, with the end of what it printed
    @Nullable
    Measured run(Task task, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        long heap = heapBytes(task.store(), task.budgetBytes());
        command.addAll(List.of("-Xms" + heap, "-Xmx" + heap, "-cp", classPath,
                Child.class.getName(), json.writeValueAsString(task)));
        Process process = start(new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(log.toFile()));
        try {
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("did not end within " + limit.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(log);
        for (String line : lines) {
            if (line.startsWith(Child.OUTCOME)) {
                Files.delete(log);
                return json.readValue(line.substring(Child.OUTCOME.length()), Measured.class);
            }
        }
        throw new IOException(reason(lines, process.exitValue()));
    }

    private synchronized Process start(ProcessBuilder builder) throws IOException {
        if (isStopped) {
            throw new IOException("the run was interrupted");
        }
        Process process = builder.start();
        running = process;
        return process;
    }

    /// Ends the process that runs, if one does, and starts no other.
    synchronized void stop() {
        isStopped = true;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    static long heapBytes(StoreKind store, long budgetBytes) {
        return PROGRAM_HEAP_BYTES + (store.isOnHeap() ? budgetBytes : 0);
    }

    private static String reason(List<String> lines, int exit) {
        for (String line : lines) {
            if (line.startsWith("Exception in thread")) {
                return line;
            }
        }
        return "exit " + exit + ": " + String.join(" | ",
                lines.subList(Math.max(0, lines.size() - LINES_TOLD), lines.size()));
    }
}
