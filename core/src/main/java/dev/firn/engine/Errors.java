package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.storage.CorruptException;
import dev.firn.storage.DiskFullException;
import dev.firn.storage.LockedException;
import java.io.IOException;

/// Turns what goes wrong below into what a user can act on.
final class Errors {
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
                    new FirnException(Kind.DISK_FULL,
                            location + ": no space left: " + d.getMessage(), e);
            case LockedException l ->
                    new FirnException(
                            Kind.LOCKED, location + " is open already: " + l.getMessage(), e);
            default -> new FirnException(Kind.IO, location + ": " + describe(e), e);
        };
    }

    /// The message with the exception's own name when the message alone would not say what it is
    /// (the JDK's file exceptions have just a path as their message).
    static String describe(Throwable t) {
        String message = t.getMessage();
        String name = t.getClass().getSimpleName();
        return message == null
                ? name
                : name.equals("IOException") ? message : name + ": " + message;
    }
}
