package dev.firn.engine;

import dev.firn.manifest.Manifest;
import dev.firn.manifest.StoreFile;
import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The file `REPAIRING`. It is durable before a repair writes anything else, and goes when the
/// repair has ended; until then nobody opens the store to write.
///
/// @param firstFile what repairs wrote since has this number or a larger one, nothing else has;
///     [Long#MAX_VALUE] when the file does not tell, and then nothing else was written
record RepairMarker(long firstFile) {
    private static final int BYTES_MAX = 4096;

    private static final Pattern FIRST = Pattern.compile("new files from (\\d{1,18}) on\n");

    /// What the file tells, or null when there is none.
    static @Nullable RepairMarker read(Storage storage) throws IOException {
        if (!storage.exists(StoreFile.REPAIRING)) {
            return null;
        }
        try (ReadFile file = storage.open(StoreFile.REPAIRING)) {
            return read(file);
        } catch (CorruptException e) {
            return new RepairMarker(Long.MAX_VALUE);
        }
    }

    /// What an open file tells.
    static RepairMarker read(ReadFile file) throws IOException {
        byte[] bytes = new byte[(int) Math.min(file.bytes(), BYTES_MAX)];
        file.copy(0, MemorySegment.ofArray(bytes), 0, bytes.length);
        Matcher found = FIRST.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        return new RepairMarker(found.find()
                ? Long.parseLong(found.group(1))
                : Long.MAX_VALUE);
    }

    /// Makes the file, durably.
    void write(Storage storage) throws IOException {
        RepairFiles.write(storage, StoreFile.REPAIRING,
                List.of("A repair of this store is under way, or was interrupted: run"
                        + " 'firn repair' again.", "new files from " + firstFile + " on"));
        storage.syncDirectory();
    }

    /// Whether a file of a number was written by a repair.
    boolean isOfRepair(long number) {
        return number >= firstFile && StoreFile.table(number).isPossible(firstFile);
    }

    /// Whether `CURRENT` still names a manifest from before the repair: then the store is what it
    /// was, and can be read like any other.
    static boolean isUntouched(Storage storage) throws IOException {
        RepairMarker marker = read(storage);
        return marker == null || (storage.exists(StoreFile.CURRENT)
                && !marker.isOfRepair(Manifest.currentNumber(storage)));
    }
}
