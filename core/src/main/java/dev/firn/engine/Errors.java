package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.engine.WorkHealth.Work;
import dev.firn.storage.CorruptException;
import dev.firn.storage.DiskFullException;
import dev.firn.storage.Failures;
import dev.firn.storage.LockedException;
import dev.firn.storage.Storage;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NotDirectoryException;

/// Turns what goes wrong below into what a user can act on.
final class Errors {
    /// What an opening writes besides tables: a segment of the log and a manifest.
    static final long OPENING_BYTES = 128 << 10;

    private Errors() {}

    static FirnException closed(String what) {
        return new FirnException(Kind.CLOSED, what + " is closed");
    }

    static FirnException dropped(String keyspace) {
        return new FirnException(Kind.CLOSED, "keyspace " + keyspace + " was dropped");
    }

    static FirnException readOnly() {
        return new FirnException(
                Kind.READ_ONLY,
                "the store was opened read-only; open it without withReadOnly to write");
    }

    /// A failed read or write.
    static FirnException of(String location, IOException e) {
        return switch (e) {
            case CorruptException c ->
                    new FirnException(
                            Kind.CORRUPT,
                            location + ": damaged file " + c.getMessage()
                                    + "; run 'firn verify' to see all damage",
                            e);
            case DiskFullException d ->
                    new FirnException(
                            Kind.DISK_FULL, at(location, d) + "; free some and go on", e);
            case LockedException l ->
                    new FirnException(
                            Kind.LOCKED,
                            location + " is open already: "
                                    + describe(l).replace(location + "/", ""),
                            e);
            case NotDirectoryException n ->
                    new FirnException(
                            Kind.INCOMPATIBLE,
                            describe(n) + "; a store is a directory: name that",
                            e);
            case FileSystemException f when Failures.isNoFile(f) ->
                    new FirnException(
                            Kind.IO, at(location, f) + Failures.SOMETHING_ELSE_ADVICE, e);
            default -> new FirnException(
                    Failures.isReadOnly(e) ? Kind.READ_ONLY : Kind.IO, at(location, e), e);
        };
    }

    /// A failure of background work, as who has to hear of it is told.
    static FirnException inBackground(String location, Work work, Throwable cause) {
        Kind kind =
                switch (cause) {
                    case FirnException e -> e.kind();
                    case CorruptException e -> Kind.CORRUPT;
                    case DiskFullException e -> Kind.DISK_FULL;
                    case OutOfMemoryError e -> Kind.OUT_OF_MEMORY;
                    case IOException e when Failures.isReadOnly(e) -> Kind.READ_ONLY;
                    default -> Kind.IO;
                };
        return new FirnException(
                kind,
                location + ": background work failed (" + describe(cause) + "); "
                        + outlook(work, cause) + "; this call was not carried out",
                cause);
    }

    /// The same in the statistics.
    static String inStatistics(Work work, Throwable cause) {
        return "background work failed: " + describe(cause) + "; " + outlook(work, cause);
    }

    /// What becomes of background work that has failed.
    private static String outlook(Work work, Throwable cause) {
        if (work == Work.COMPACTION && cause instanceof CorruptException) {
            return "that keyspace is not compacted until the store is opened anew, reads of the"
                    + " rest go on; run 'firn verify' to see all damage";
        }
        return work == Work.UPKEEP ? "nothing is lost" : "it is tried again, nothing is lost";
    }

    /// A full disk met at opening, and how much has to be freed: room for a segment of the log, and
    /// for tables of what the log holds.
    ///
    /// @param logBytes the size of the log if it has to go into tables, else 0
    static FirnException notOpened(Storage storage, DiskFullException e, long logBytes) {
        return new FirnException(
                Kind.DISK_FULL,
                storage.location()
                        + " cannot be opened to write: "
                        + e.getMessage()
                        + "; free at least "
                        + (logBytes + OPENING_BYTES) / 1024
                        + " KiB on that disk; what is there can be read meanwhile",
                e);
    }

    /// The failure in words, with the place unless it names it itself.
    private static String at(String location, IOException e) {
        String what = describe(e);
        return what.startsWith(location) ? what : location + ": " + what;
    }

    /// A failure in words for a person.
    static String describe(Throwable t) {
        return Failures.describe(t);
    }
}
