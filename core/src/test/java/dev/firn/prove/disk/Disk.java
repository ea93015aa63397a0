package dev.firn.prove.disk;

import dev.firn.prove.Scratch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/// A file system of its own: in an image that is mounted through a loop device, or in memory.
///
/// It is unmounted when it is closed, or else when the JVM ends; what a JVM left that was killed is unmounted by the
/// next one.
final class Disk implements AutoCloseable {
    private static final String PREFIX = "firn-disk-";
    private static final String LOOP = "/dev/loop";
    private static final long RELEASE_NANOS = 60_000_000_000L;
    private static final long LOOK_NANOS = 2_000_000;

    /// What it is.
    enum Kind {
        EXT4(64), XFS(300), TMPFS(16);

        final int megabytes;

        Kind(int megabytes) {
            this.megabytes = megabytes;
        }
    }

    private final Kind kind;
    private final Scratch scratch;
    private final Path image;
    private final Path root;
    private final Thread unmounter = new Thread(this::unmountSomehow);

    private Disk(Kind kind, Scratch scratch) throws IOException {
        this.kind = kind;
        this.scratch = scratch;
        image = scratch.path().resolve("image");
        root = Files.createDirectory(scratch.path().resolve("mounted"));
    }

    /// Makes and mounts one of the usual size.
    static Disk mounted(Kind kind) throws IOException, InterruptedException {
        return mounted(kind, kind.megabytes);
    }

    /// Makes and mounts one.
    ///
    /// @throws TestAbortedException when this machine cannot do that
    static Disk mounted(Kind kind, int megabytes) throws IOException, InterruptedException {
        Machine.needsRoot();
        Machine.needs("mount", "umount");
        unmountStale();
        Disk disk = new Disk(kind, Scratch.beside(PREFIX));
        Runtime.getRuntime().addShutdownHook(disk.unmounter);
        try {
            disk.format(megabytes);
            disk.mount();
            return disk;
        } catch (Throwable t) {
            disk.close();
            throw t;
        }
    }

    private void format(int megabytes) throws IOException, InterruptedException {
        if (kind == Kind.TMPFS) {
            Files.writeString(image, megabytes + "m");
            return;
        }
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength((long) megabytes << 20);
        }
        if (kind == Kind.EXT4) {
            Machine.needs("mkfs.ext4");
            Machine.run("mkfs.ext4", "-q", "-F", "-m", "0", "-J", "size=4", "-E",
                    "lazy_itable_init=1,lazy_journal_init=1,nodiscard", image.toString());
        } else {
            Machine.needs("mkfs.xfs");
            Machine.run("mkfs.xfs", "-q", "-f", "-K", image.toString());
        }
        String why = Machine.attempt("mount", "-o", "loop", image.toString(), root.toString());
        if (!why.isEmpty()) {
            throw new TestAbortedException("no loop mount: " + why);
        }
        unmount();
    }

    /// Mounts it again after [#unmount].
    void mount() throws IOException, InterruptedException {
        if (kind == Kind.TMPFS) {
            Machine.run("mount", "-t", "tmpfs", "-o", "size=" + Files.readString(image), "tmpfs",
                    root.toString());
        } else {
            // Else ext4 would make everything durable every five seconds, forced or not.
            String options = kind == Kind.EXT4 ? "loop,commit=300" : "loop";
            Machine.run("mount", "-o", options, image.toString(), root.toString());
        }
    }

    void remount(String option) throws IOException, InterruptedException {
        Machine.run("mount", "-o", "remount," + option, root.toString());
    }

    /// Unmounts it, and waits until nobody holds the file system any more: a process that was started in a mount name space of
    /// its own meanwhile holds all that is mounted, and a mount would find the file system as it was, cut off from its disk.
    void unmount() throws IOException, InterruptedException {
        Path device = device();
        Machine.run("umount", root.toString());
        long begun = System.nanoTime();
        while (device != null && isOfImage(device)) {
            if (System.nanoTime() - begun > RELEASE_NANOS) {
                throw new TestAbortedException("another process holds " + image + " mounted");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// What is told of the loop device, or null where there is none.
    private @Nullable Path device() throws IOException {
        try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
            return mounts.map(line -> line.split(" "))
                    .filter(words -> words[1].equals(root.toString()) && words[0].startsWith(LOOP))
                    .map(words -> Path.of("/sys/block", words[0].substring("/dev/".length()),
                            "loop/backing_file"))
                    .findFirst().orElse(null);
        }
    }

    private boolean isOfImage(Path device) {
        try {
            return Files.readString(device).strip().equals(image.toString());
        } catch (IOException e) {
            // It has no file any more.
            return false;
        }
    }

    /// Stops all writing to the device at once, as if the power were cut.
    void cutPower() throws IOException, InterruptedException {
        Machine.run("xfs_io", "-x", "-c", "shutdown", root.toString());
    }

    /// Where it is mounted.
    Path root() {
        return root;
    }

    private void unmountSomehow() {
        try {
            if (isMounted(root)
                    && !Machine.attempt("umount", root.toString()).isEmpty()) {
                Machine.attempt("umount", "-l", root.toString());
            }
        } catch (IOException | InterruptedException e) {
            // The next one will try.
            return;
        }
    }

    private static boolean isMounted(Path path) throws IOException {
        try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
            return mounts.anyMatch(line -> line.split(" ")[1].equals(path.toString()));
        }
    }

    private static void unmountStale() throws IOException, InterruptedException {
        for (Path left : Scratch.left(PREFIX)) {
            Path mounted = left.resolve("mounted");
            if (isMounted(mounted)) {
                Machine.attempt("umount", "-l", mounted.toString());
            }
            if (!isMounted(mounted)) {
                Scratch.delete(left);
            }
        }
    }

    @Override
    public void close() throws IOException {
        unmountSomehow();
        if (!isMounted(root)) {
            Runtime.getRuntime().removeShutdownHook(unmounter);
            scratch.close();
        }
    }
}
