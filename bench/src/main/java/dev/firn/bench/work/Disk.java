package dev.firn.bench.work;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Directories of stores. LMDB's file is as long as its mapping and mostly a hole, so sizes are
/// those of the blocks that are taken, and copies keep holes: `du` and `cp` do that.
public final class Disk {
    private Disk() {}

    /// Makes a directory, if there is none.
    public static void create(Path directory) throws IOException {
        Files.createDirectories(directory);
    }

    /// The bytes that a directory takes on disk.
    public static long bytes(Path directory) throws IOException {
        return Long.parseLong(run("du", "-s", "--block-size=1", directory.toString())
                .split("\\s", 2)[0]);
    }

    /// Copies a directory to one that does not exist yet, and forces the copy to the disk, so that
    /// writing it back disturbs no measurement.
    public static void copy(Path from, Path to) throws IOException {
        run("cp", "-r", "--sparse=auto", "--reflink=auto", from.toString(), to.toString());
        force(to);
    }

    /// Forces all files of a directory to the disk.
    public static void force(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
    }

    /// Deletes a file, or a directory and all that is in it; nothing if there is none.
    public static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(List.of(command) + ": " + output.strip());
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return output;
    }
}
