package dev.firn.storage;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells a full disk from other failures. Java has no error numbers, only the system's message, and
/// that one speaks the language of the user (`LC_MESSAGES`). So for a message that is not known the
/// device that is always full is asked for its own.
final class DiskFull {
    private static final Path FULL_DEVICE = Path.of("/dev/full");

    private static final List<String> MESSAGES = List.of("No space left on device",
            "Disk quota exceeded", "Disc quota exceeded", "not enough space on the disk");

    private DiskFull() {}

    /// The failure as it is to be thrown: a [DiskFullException] that names the file, or itself.
    static IOException named(String file, IOException failure) {
        if (failure instanceof DiskFullException || !isMeantBy(failure)) {
            return failure;
        }
        return new DiskFullException(file + ": no space (or quota) is left", failure);
    }

    private static boolean isMeantBy(IOException failure) {
        String message = failure.getMessage();
        if (message == null) {
            return false;
        }
        if (MESSAGES.stream().anyMatch(message::contains)) {
            return true;
        }
        String local = localMessage();
        return local != null && message.contains(local);
    }

    private static @Nullable String localMessage() {
        if (!Files.isWritable(FULL_DEVICE)) {
            return null;
        }
        try (OutputStream device = new FileOutputStream(FULL_DEVICE.toFile())) {
            device.write(0);
            return null;
        } catch (IOException full) {
            return full.getMessage();
        }
    }
}
