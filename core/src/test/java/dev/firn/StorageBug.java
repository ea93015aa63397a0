package dev.firn;

import dev.firn.testkit.Change;

/// What goes wrong between Firn and the file system.
enum StorageBug implements Bug {
    /// Others may read the files.
    FILES_READABLE_BY_OTHERS(
            Proof.FILES,
            "othersSeeNothing",
            Change.of(
                    "storage/Directory.java",
                    "return mode(\"rw-------\");",
                    "return mode(\"rw-r--r--\");")),

    /// Others may look into the directory.
    DIRECTORY_OPEN_TO_OTHERS(
            Proof.FILES,
            "othersSeeNothing",
            Change.of("storage/Directory.java", "mode(\"rwx------\")", "mode(\"rwxr-xr-x\")")),

    /// Links are followed.
    LINKS_FOLLOWED(
            Proof.FILES,
            "linksAreRefused",
            Change.of(
                    "storage/Directory.java",
                    "BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);",
                    "BasicFileAttributes.class);")),

    /// A mapping stays when its file is cut: the next access is a fault.
    MAPPING_LONGER_THAN_ITS_FILE(
            Proof.STORAGE_CONTRACT,
            "aLogIsCutAndExtended",
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
