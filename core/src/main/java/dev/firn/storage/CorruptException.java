package dev.firn.storage;

import java.io.IOException;

/// Bytes in a file are not what was written there.
public final class CorruptException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final long offset;

    /// Damage in a file at an offset.
    public CorruptException(String file, long offset, String what) {
        super(file + " at offset " + offset + ": " + what);
        this.file = file;
        this.offset = offset;
    }

    /// The file's name.
    public String file() {
        return file;
    }

    /// Where in the file, in bytes.
    public long offset() {
        return offset;
    }
}
