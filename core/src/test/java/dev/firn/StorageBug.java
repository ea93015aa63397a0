package dev.firn;

import dev.firn.testkit.Change;

/// What goes wrong between Firn and the file system.
enum StorageBug implements Bug {
    /// Others may read the files.
    FILES_READABLE_BY_OTHERS(
            Proof.FILES,
            "but was: \"rw-r--r--\"",
            Change.of(
                    "storage/Directory.java",
                    "return mode(\"rw-------\");",
                    "return mode(\"rw-r--r--\");")),

    /// Others may look into the directory.
    DIRECTORY_OPEN_TO_OTHERS(
            Proof.FILES,
            "but was: \"rwxr-xr-x\"",
            Change.of("storage/Directory.java",
                    "Files.createDirectory(next, next.equals(path) ? mode(\"rwx------\") : NO_MODE);",
                    "Files.createDirectory(next, next.equals(path) ? mode(\"rwxr-xr-x\") : NO_MODE);")),

    /// Links are followed.
    LINKS_FOLLOWED(
            Proof.LINKS,
            "Expecting actual throwable to be an instance of",
            Change.of(
                    "storage/Directory.java",
                    "BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);",
                    "BasicFileAttributes.class);")),

    /// An interrupt of one thread closes the file for all.
    INTERRUPT_CLOSES_FILE(
            Proof.INTERRUPTS,
            "ClosedByInterruptException",
            Change.of(
                    "storage/DiskFile.java",
                    """
                            private final AsynchronousFileChannel channel;

                            private DiskFile(String name, AsynchronousFileChannel channel) {
                            """,
                    """
                            private final java.nio.channels.FileChannel channel;

                            private DiskFile(String name, java.nio.channels.FileChannel channel) {
                            """),
            Change.of(
                    "storage/DiskFile.java",
                    "AsynchronousFileChannel.open(path, options, CALLER_RUNS, attributes)",
                    "java.nio.channels.FileChannel.open(path, options, attributes)"),
            Change.of(
                    "storage/DiskFile.java",
                    "finish(channel.read(piece, offset + done))",
                    "channel.read(piece, offset + done)"),
            Change.of(
                    "storage/DiskFile.java",
                    "finish(channel.write(piece, offset + done))",
                    "channel.write(piece, offset + done)")),

    /// A mapping stays when its file is cut: the next access is a fault.
    MAPPING_LONGER_THAN_ITS_FILE(
            Proof.CUT_LOG,
            "expected: \"0123",
            Change.of(
                    "storage/DiskWriteFile.java",
                    "if (bytes < now) { unmap();",
                    "if (bytes < now) {"));

    private final Plan plan;

    StorageBug(Proof proof, String symptom, Change... changes) {
        this.plan = new Plan(proof, symptom, changes);
    }

    @Override
    public Plan plan() {
        return plan;
    }
}
