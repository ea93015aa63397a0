package dev.firn.storage;

import java.io.IOException;

/// No space (or quota) is left for a write. What was written before is whole.
public final class DiskFullException extends IOException {
    private static final long serialVersionUID = 1L;

    /// Names the file that could not grow.
    public DiskFullException(String message, Throwable cause) {
        super(message, cause);
    }

    /// Names the file that could not grow.
    public DiskFullException(String message) {
        super(message);
    }
}
