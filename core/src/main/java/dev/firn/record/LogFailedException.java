package dev.firn.record;

import java.io.IOException;

/// A write to the log, or forcing it, failed. Nobody knows what of the last unsynced records is on
/// the device, and trying again would not tell: after a failed fsync the next one reports success
/// for data that is gone. So the log takes nothing more; opening the store anew reads back what is
/// there. The cause is the first failure; every caller gets this same exception.
public final class LogFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    LogFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
