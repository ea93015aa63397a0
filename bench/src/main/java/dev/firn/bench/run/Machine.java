package dev.firn.bench.run;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// Where and when a run was made.
///
/// @param commit of Firn
/// @param began when the run began
/// @param processor its name
/// @param processors how many there are
/// @param memory of the machine, in bytes
/// @param system name and version of the operating system
/// @param java version and name of the JVM
/// @param fileSystem the type of the file system the stores are on
/// @param load the load average when the run began: what else was running
public record Machine(
        String commit,
        String began,
        String processor,
        int processors,
        long memory,
        String system,
        String java,
        String fileSystem,
        double load) {
    static Machine here(String commit, Path directory) throws IOException {
        var bean = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Machine(commit, Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                processorName(), bean.getAvailableProcessors(), bean.getTotalMemorySize(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.runtime.version") + ", "
                        + System.getProperty("java.vm.name"),
                Files.getFileStore(directory).type(), bean.getSystemLoadAverage());
    }

    private static String processorName() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"),
                    StandardCharsets.UTF_8)) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        } catch (IOException e) {
            // Not Linux.
        }
        return System.getProperty("os.arch");
    }

    String description() {
        return String.format(Locale.ROOT,
                "%s, %d processors, %.0f GB, %s, %s, Java %s; commit %s, begun %s with a load of"
                        + " %.1f",
                processor, processors, memory / 1e9, system, fileSystem, java, commit, began,
                load);
    }
}
