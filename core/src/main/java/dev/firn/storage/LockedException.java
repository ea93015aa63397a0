package dev.firn.storage;

import java.io.IOException;

/// Somebody else holds the lock; the message names the process where known.
public final class LockedException extends IOException {
    private static final long serialVersionUID = 1L;

    /// Names the holder.
    public LockedException(String message) {
        super(message);
    }
}
