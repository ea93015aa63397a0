package dev.firn;

import dev.firn.testkit.Change;

/// What goes wrong in the manifest and in `CURRENT`.
enum ManifestBug implements Bug {
    /// An edit takes effect without having been forced.
    EDIT_NOT_FORCED(
            Proof.CRASHES,
            "lost: the creation of a keyspace",
            Change.of("manifest/Manifest.java", "to.force();", "to.bytes();")),

    /// `CURRENT` names a new manifest that is not durable.
    SNAPSHOT_NOT_FORCED(
            Proof.MANIFEST_CRASHES,
            "MANIFEST-000001: 0 bytes of",
            Change.of(
                    "manifest/Rotation.java",
                    "file.force(); storage.syncDirectory();",
                    "storage.syncDirectory();")),

    /// `CURRENT` names a new manifest whose name is not durable.
    MANIFEST_NAME_NOT_SYNCED(
            Proof.MANIFEST_CRASHES,
            "-create MANIFEST-",
            Change.of(
                    "manifest/Rotation.java",
                    "file.force(); storage.syncDirectory();",
                    "file.force();")),

    /// A new manifest counts on the name of the old one, of which only the page cache may know.
    SETTLED_WITHOUT_NAMES(
            Proof.REGRESSIONS,
            "is missing",
            Change.of(
                    "manifest/Manifest.java",
                    "storage.syncDirectory(); try { rotate();",
                    "try { rotate();")),

    /// A file gets a number so high that its successors have names which nobody knows.
    NUMBERS_OF_STRANGERS_COUNT(
            Proof.MISPLACED_FILES,
            "STRANGERS, 999999999999999999",
            Change.of(
                    "manifest/Manifest.java",
                    ".filter(file -> file.isPossible(known))",
                    ""),
            Change.of(
                    "manifest/Manifest.java",
                    "if (given >= StoreFile.NUMBER_MAX) {",
                    "if (given < 0) {"),
            Change.of(
                    "manifest/Manifest.java",
                    "next -> Math.min(next + 1, StoreFile.NUMBER_MAX)",
                    "next -> next + 1")),

    /// The temporary file becomes `CURRENT` before it is forced.
    CURRENT_NOT_FORCED(
            Proof.MANIFEST_CRASHES,
            "CURRENT: 0 bytes of",
            Change.of("manifest/Rotation.java", "temporary.force();", "temporary.name();")),

    /// The directory is not synced after the renaming to `CURRENT`.
    RENAMING_NOT_SYNCED(
            Proof.MANIFEST_CRASHES,
            "appended, then lost",
            Change.of(
                    "manifest/Rotation.java",
                    "forcing = true; storage.syncDirectory(); return file;",
                    "return file;")),

    /// `CURRENT` is overwritten where it is.
    CURRENT_WRITTEN_IN_PLACE(
            Proof.MANIFEST_CRASHES,
            "sectors behind: {0=torn}",
            Change.of(
                    "manifest/Rotation.java",
                    "storage.rename(StoreFile.CURRENT_TEMPORARY, StoreFile.CURRENT);",
                    """
                            if (storage.exists(StoreFile.CURRENT)) {
                                byte[] text = current.text().getBytes();
                                try (WriteFile inPlace = storage.openLog(StoreFile.CURRENT)) {
                                    inPlace.write(0, java.lang.foreign.MemorySegment.ofArray(text),
                                            0, text.length);
                                    inPlace.force();
                                }
                            } else {
                                storage.rename(StoreFile.CURRENT_TEMPORARY, StoreFile.CURRENT);
                            }
                            """)),

    /// The checksum of an edit is not looked at.
    EDIT_CHECKSUM_IGNORED(
            Proof.HOSTILE_BITS_OF_MANIFESTS,
            "the dump tells of no damage",
            Change.of(
                    "record/FragmentReader.java",
                    "if (storedCrc != expected) {",
                    "if (storedCrc != expected && header.kind() != RecordFormat.MANIFEST) {")),

    /// The checksum of `CURRENT` is not looked at.
    CURRENT_CHECKSUM_IGNORED(
            Proof.MANIFEST_DAMAGE,
            "[bit ",
            Change.of(
                    "manifest/CurrentFile.java",
                    "if (!checksum(line).equals(checked.group(3))) {",
                    "if (line.isEmpty()) {")),

    /// After a failed write or force the manifest takes more edits.
    FAILED_EDIT_FORGOTTEN(
            Proof.MANIFEST_FAULTS,
            "[CREATE 1 InputOutputError[]]",
            Change.of(
                    "manifest/Manifest.java",
                    "failure = cause; return failed(cause);",
                    "return failed(cause);")),

    /// A manifest of whose last edits only the page cache may know is written on.
    UNSETTLED_MANIFEST_KEPT(
            Proof.MANIFEST_CRASHES,
            "Violation: simulated, process died",
            Change.of(
                    "manifest/Manifest.java",
                    "if (loaded.settled()) {",
                    "if (loaded.settled() || loaded.bytes() > 0) {")),

    /// Files are taken for left over although what was read may not be durable.
    ORPHANS_OF_AN_UNSETTLED_MANIFEST(
            Proof.ORPHANS,
            "000099.sst",
            Change.of(
                    "manifest/Manifest.java",
                    "if (file == null || failure != null) { return List.of(); }",
                    "if (failure != null) { return List.of(); }")),

    /// That a keyspace was dropped is known until the store is closed.
    DROPPED_KEYSPACE_COMES_BACK(
            Proof.CRASHES,
            "lost: the drop of a keyspace",
            Change.of(
                    "engine/Keyspaces.java",
                    "state -> VersionEdit.of(new Change.KeyspaceDropped(keyspace.id())),",
                    "state -> VersionEdit.of(new Change.NextKeyspace(state.nextKeyspace())),"));

    private final Plan plan;

    ManifestBug(Proof proof, String symptom, Change... changes) {
        this.plan = new Plan(proof, symptom, changes);
    }

    @Override
    public Plan plan() {
        return plan;
    }
}
