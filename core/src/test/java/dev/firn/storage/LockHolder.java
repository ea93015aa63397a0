package dev.firn.storage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;

/// The program of a child process that takes the lock of a directory, says whether it got it, and
/// keeps it until its input ends.
final class LockHolder implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    LockHolder(Path directory) throws IOException {
        process =
                new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp", System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1",
                        LockHolder.class.getName(), directory.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        output = new BufferedReader(new InputStreamReader(process.getInputStream()));
    }

    public static void main(String[] arguments) throws Exception {
        try (AutoCloseable _ = new FileStorage(Path.of(arguments[0])).lock("LOCK")) {
            System.out.println("locked");
            System.in.read();
        } catch (LockedException e) {
            System.out.println(e.getMessage());
        }
    }

    /// The line it says.
    String answer() throws IOException {
        return output.readLine();
    }

    long pid() {
        return process.pid();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws Exception {
        process.getOutputStream().close();
        process.waitFor();
    }
}
