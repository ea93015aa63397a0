package dev.firn.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which system calls a [FileStorage] makes, and what it makes of their errors, as `strace` sees
/// and injects them in a child process.
@Tag("proof")
class SystemCallsTest {
    @TempDir
    Path temporary;

    @BeforeEach
    void findStrace() throws InterruptedException {
        boolean found;
        try {
            found = new ProcessBuilder("strace", "-V")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            found = false;
        }
        assumeTrue(found, "not run: there is no strace");
    }

    /// What the child does, with its interrupt flag set all the time. Its output is the first
    /// failure.
    public static void main(String[] arguments) {
        FileStorage storage = new FileStorage(Path.of(arguments[0]),
                FileAccess.valueOf(arguments[1]), FileAccess.valueOf(arguments[1]));
        Thread.currentThread().interrupt();
        try {
            storage.create();
            try (WriteFile log = storage.createLog("1.log", 8192);
                    WriteFile table = storage.create("2.sst")) {
                for (int i = 0; i < 3; i++) {
                    StorageContract.write(log, 100, "record");
                    StorageContract.write(table, i, "block");
                    log.force();
                    table.force();
                }
            }
            storage.rename("2.sst", "3.sst");
            storage.syncDirectory();
            System.out.println("done, interrupted: " + Thread.currentThread().isInterrupted());
        } catch (IOException e) {
            System.out.println(e.getClass().getSimpleName() + " " + e.getMessage());
        }
    }

    private record Trace(String output, List<String> calls) {
        long count(String regex) {
            return calls.stream().filter(call -> call.matches(regex)).count();
        }
    }

    private Trace trace(FileAccess access, String... options) throws Exception {
        Path file = temporary.resolve("trace");
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-qq", "-y", "-o",
                file.toString(), "-e",
                "trace=fsync,fdatasync,msync,pwrite64,write,rename,renameat2,ftruncate"));
        command.addAll(List.of(options));
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                SystemCallsTest.class.getName(), temporary.resolve("store").toString(),
                access.name()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String output = new String(process.getInputStream().readAllBytes()).strip();
        process.waitFor();
        return new Trace(output, Files.readAllLines(file));
    }

    @Test
    void aMappedLogIsWrittenWithoutACallAndForcedByFdatasync() throws Exception {
        assumeTrue(List.of("ext4", "xfs", "tmpfs")
                .contains(Files.getFileStore(temporary).type()), "not run: nothing is mapped here");
        Trace trace = trace(FileAccess.MAPPED);
        assertThat(trace.output).isEqualTo("done, interrupted: true");
        assertThat(trace.count(".*pwrite64\\(.*/1\\.log>.*")).isEqualTo(1); // zeros
        assertThat(trace.count(".*fdatasync\\(.*/1\\.log>.*")).isEqualTo(3);
        assertThat(trace.count(".*pwrite64\\(.*/2\\.sst>.*")).isEqualTo(3);
        assertThat(trace.count(".*fdatasync\\(.*/2\\.sst>.*")).isEqualTo(3);
        assertThat(trace.count(".* fsync\\(.*/store>.*")).isEqualTo(2); // created, synced
        assertThat(trace.count(".* fsync\\(.*/" + temporary.getFileName() + ">.*"))
                .as("the name of the store is durable too").isEqualTo(1);
        assertThat(trace.count(".*msync.*")).isZero();
        assertThat(trace.count(".* fsync\\(.*(log|sst)>.*")).isZero();
        assertThat(trace.count(".*rename.*3\\.sst.*")).isEqualTo(1);
    }

    @Test
    void aPositionedLogIsWrittenByPwrite() throws Exception {
        Trace trace = trace(FileAccess.POSITIONED);
        assertThat(trace.output).isEqualTo("done, interrupted: true");
        assertThat(trace.count(".*pwrite64\\(.*/1\\.log>.*")).isEqualTo(4);
        assertThat(trace.count(".*fdatasync\\(.*/1\\.log>.*")).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"pwrite64, ENOSPC, 1, DiskFullException 1.log",
        "pwrite64, EDQUOT, 2, DiskFullException 1.log", "pwrite64, EIO, 3, IOException 2.sst",
        "fdatasync, EIO, 1, IOException 1.log: sync failed",
        "fdatasync, ENOSPC, 2, IOException 2.sst: sync failed", "fsync, EIO, 3, IOException /"})
    void errorsAreNamed(String call, String error, int nth, String expected) throws Exception {
        Trace trace = trace(FileAccess.POSITIONED, "-e",
                "inject=" + call + ":error=" + error + ":when=" + nth);
        assertThat(trace.output).startsWith(expected);
        assertThat(trace.count(".*INJECTED.*")).isEqualTo(1);
    }
}
