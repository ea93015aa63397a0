package dev.firn.cli.demo;

import dev.firn.Firn;
import dev.firn.Keyspace;
import dev.firn.cli.FirnCommand;
import dev.firn.cli.draw.Figures;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A process writes and is killed in full flight; what it was told is written must be there.
final class CrashScene {
    private final Path directory;
    private final DemoSettings settings;
    private final Narrator narrator;
    private long acknowledged;
    private long killed;

    CrashScene(Path directory, DemoSettings settings, Narrator narrator) {
        this.directory = directory;
        this.settings = settings;
        this.narrator = narrator;
    }

    /// Starts the writer, reads what it acknowledges, kills it.
    void play() throws IOException {
        narrator.scene("A process is killed in full flight");
        Process writer = start();
        try (BufferedReader lines = writer.inputReader()) {
            narrator.say(
                    "We have closed the store. Process " + writer.pid() + " opens it now and"
                            + " writes numbered entries, without"
                            + " waiting for the disk; each number it has been told is written, it"
                            + " sends to us. After "
                            + Figures.time(settings.writing().toNanos())
                            + " it gets a SIGKILL, which"
                            + " no process can catch.");
            long first = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // The last line may be cut off by the kill; a number that is shorter than it was is
                // no harm.
                acknowledged = Math.max(acknowledged, Long.parseLong(line));
                first = first == 0 ? System.nanoTime() : first;
                if (writer.isAlive() && System.nanoTime() - first > settings.writing().toNanos()) {
                    // By its handle: the process itself would close our end of its output.
                    writer.toHandle().destroyForcibly();
                    killed = killed == 0 ? System.nanoTime() : killed;
                }
            }
            writer.onExit().join();
        } finally {
            writer.destroyForcibly();
        }
        Checks.require(
                killed != 0 && writer.exitValue() == 128 + 9,
                "that the writer was killed (it ended with " + writer.exitValue() + ")");
        narrator.gap();
        narrator.say(
                "It is dead. Up to then it had reported " + Figures.count(acknowledged)
                        + " entries as"
                        + " written. We open the"
                        + " store again:");
    }

    private Process start() throws IOException {
        String java =
                ProcessHandle.current().info().command()
                        .orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        return new ProcessBuilder(
                List.of(
                        java,
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FirnCommand.class.getName(),
                        "crash-writer",
                        directory.toString(),
                        Long.toString(settings.memoryBytes()),
                        Long.toString(settings.memtableBytes())))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /// Looks up everything the writer acknowledged, in the store opened anew.
    void check(Firn store) {
        long opened = System.nanoTime();
        Keyspace keyspace = store.keyspace(DemoDirectory.MARK);
        long missing = 0;
        for (long n = 1; n <= acknowledged; n++) {
            missing += CrashWriter.holds(keyspace, n) ? 0 : 1;
        }
        Checks.require(missing == 0, "acknowledged writes after SIGKILL,"
                + " " + missing + " of " + acknowledged);
        long more = 0;
        while (CrashWriter.holds(keyspace, acknowledged + more + 1)) {
            more++;
        }
        narrator.gap();
        narrator.checked(
                "all " + Figures.count(acknowledged) + " acknowledged entries are there with"
                        + " their values, read back in "
                        + Figures.time(System.nanoTime() - opened));
        if (more > 0) {
            narrator.say("And " + Figures.count(more)
                    + " more, which it had written but could not report"
                    + " any more.");
        }
        narrator.gap();
        Trees.show(store, keyspace, narrator);
    }
}
