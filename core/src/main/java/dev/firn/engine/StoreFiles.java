package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.Options;
import dev.firn.manifest.Presence;
import dev.firn.manifest.StoreFile;
import dev.firn.manifest.StoreState;
import dev.firn.record.RecordFormat;
import dev.firn.storage.CorruptException;
import dev.firn.storage.Failures;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What has to hold of a directory before a store in it is opened.
final class StoreFiles {
    static final String MISSING_TABLE = "the manifest names this table, but it is missing";

    static final String OTHER_TABLE = "the table is whole, but its size, its keys or the number of"
            + " its entries are not what the manifest says";

    private StoreFiles() {}

    /// Checks that there is a store, or that one can be created; creates the directory if so.
    ///
    /// @return whether there is a store
    static boolean prepare(Storage storage, Options options) throws IOException {
        if (!storage.exists()) {
            requireCreation(storage, options, "there is no directory");
            storage.create();
            return false;
        }
        if (storage.exists(StoreFile.REPAIRING)
                && !(options.readOnly() && RepairMarker.isUntouched(storage))) {
            throw interruptedRepair();
        }
        if (Presence.of(storage) == Presence.PRESENT) {
            return true;
        }
        requireCreation(storage, options, "there is no store in the directory");
        for (Storage.FileInfo file : storage.list()) {
            if (StoreFile.parse(file.name()).isEmpty() && !file.name().startsWith(".")) {
                throw new FirnException(
                        Kind.INCOMPATIBLE,
                        storage.location()
                                + " is not a store and holds other files ("
                                + file.name()
                                + "); choose an empty directory or one that does not exist");
            }
        }
        return false;
    }

    /// Why nobody opens a store to write while it is repaired: old and new files stand side by
    /// side. Until the repair has replaced the manifest, what is there can be read.
    static CorruptException interruptedRepair() {
        return new CorruptException(StoreFile.REPAIRING, 0,
                "a repair of this store was interrupted; run 'firn repair' again");
    }

    private static void requireCreation(Storage storage, Options options, String what) {
        if (options.readOnly() || !options.createIfMissing()) {
            throw new FirnException(
                    Kind.NOT_FOUND,
                    what
                            + " "
                            + storage.location()
                            + (options.readOnly()
                                    ? "; a read-only open creates nothing"
                                    : "; open it with createIfMissing to create one"));
        }
    }

    /// Takes the lock. A read-only open of a directory that cannot be written goes without.
    static @Nullable AutoCloseable lock(Storage storage, Options options) throws IOException {
        try {
            return storage.lock(StoreFile.LOCK);
        } catch (FileSystemException e) {
            if (options.readOnly()
                    && (e instanceof AccessDeniedException || Failures.isReadOnly(e))) {
                return null;
            }
            throw e;
        }
    }

    /// The size of the segments of the log in a directory; 0 when it cannot be read.
    static long logBytes(java.nio.file.Path directory) {
        try (java.util.stream.Stream<java.nio.file.Path> files =
                java.nio.file.Files.list(directory)) {
            return files
                    .filter(file -> isLog(file.getFileName().toString()))
                    .mapToLong(file -> file.toFile().length())
                    .filter(bytes -> bytes <= RecordFormat.SEGMENT_BYTES_MAX)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }

    /// Whether a file has the name of a segment.
    static boolean isLog(String name) {
        return StoreFile.parse(name).filter(f -> f.kind() == StoreFile.Kind.LOG).isPresent();
    }

    /// Checks that every table of a state has a file.
    static void requireTables(Storage storage, StoreState state, List<Storage.FileInfo> files)
            throws IOException {
        java.util.Set<String> names = new java.util.HashSet<>();
        files.forEach(file -> names.add(file.name()));
        String[] missing = new String[1];
        VersionSet.forEachTable(
                state,
                table -> {
                    if (!names.contains(table.fileName())) {
                        missing[0] = table.fileName();
                    }
                });
        if (missing[0] != null) {
            throw new CorruptException(missing[0], 0, Failures.absentWithAdvice(storage, missing[0],
                    MISSING_TABLE));
        }
    }
}
