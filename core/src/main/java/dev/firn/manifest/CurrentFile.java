package dev.firn.manifest;

import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import dev.firn.storage.WriteFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/// What the file `CURRENT` says: which manifest counts, and of which store it must be.
///
/// One line of text with its own checksum (of all before ` crc32c`), so that a person can read it
/// and a program can trust it:
///
/// ```
/// firn 1 MANIFEST-000007 store 00c0ffee00c0ffee crc32c 4a3f10b2
/// ```
///
/// @param storeId the identity of the store
/// @param manifest the number of the manifest
record CurrentFile(long storeId, long manifest) {
    private static final int BYTES_MAX = 256;
    private static final int VERSION = 1;
    private static final Pattern CHECKED =
            Pattern.compile("(firn ([0-9]{1,9}) [ -~]*) crc32c ([0-9a-f]{8})\n");
    private static final Pattern LINE =
            Pattern.compile("firn 1 (MANIFEST-[0-9]{6,18}) store ([0-9a-f]{16})");

    /// Reads the file, which must be there.
    static CurrentFile read(Storage storage) throws IOException {
        try (ReadFile file = storage.open(StoreFile.CURRENT)) {
            return read(file);
        }
    }

    /// Reads a file that is open.
    static CurrentFile read(ReadFile file) throws IOException {
        if (file.bytes() > BYTES_MAX) {
            throw corrupt("one line expected, the file has " + file.bytes() + " bytes");
        }
        byte[] bytes = new byte[(int) file.bytes()];
        file.copy(0, MemorySegment.ofArray(bytes), 0, bytes.length);
        return parse(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    static CurrentFile parse(String text) throws CorruptException {
        Matcher checked = CHECKED.matcher(text);
        if (!checked.matches()) {
            throw corrupt("not a line as Firn writes it");
        }
        String line = checked.group(1);
        if (!checksum(line).equals(checked.group(3))) {
            throw corrupt("checksum " + checked.group(3) + ", expected " + checksum(line));
        }
        int version = Integer.parseInt(checked.group(2));
        if (version > VERSION) {
            throw ManifestFormat.newer(StoreFile.CURRENT, 0, "format version " + version);
        }
        Matcher matcher = LINE.matcher(line);
        StoreFile named = matcher.matches() ? StoreFile.parse(matcher.group(1)).orElse(null) : null;
        if (named == null) {
            throw corrupt("it names no manifest");
        }
        return new CurrentFile(Long.parseUnsignedLong(matcher.group(2), 16), named.number());
    }

    /// The content of the file.
    String text() {
        String line =
                "firn 1 %s store %016x".formatted(StoreFile.manifest(manifest).name(), storeId);
        return line + " crc32c " + checksum(line) + "\n";
    }

    /// Writes the file under its temporary name. It is not durable yet.
    WriteFile writeTemporary(Storage storage) throws IOException {
        if (storage.exists(StoreFile.CURRENT_TEMPORARY)) {
            storage.delete(StoreFile.CURRENT_TEMPORARY);
        }
        byte[] bytes = text().getBytes(StandardCharsets.US_ASCII);
        WriteFile file = storage.create(StoreFile.CURRENT_TEMPORARY);
        try {
            file.write(0, MemorySegment.ofArray(bytes), 0, bytes.length);
            return file;
        } catch (Throwable t) {
            try {
                file.close();
            } catch (IOException e) {
                t.addSuppressed(e);
            }
            throw t;
        }
    }

    private static String checksum(String line) {
        var crc = new CRC32C();
        crc.update(line.getBytes(StandardCharsets.ISO_8859_1));
        return "%08x".formatted(crc.getValue());
    }

    private static CorruptException corrupt(String what) {
        return new CorruptException(StoreFile.CURRENT, 0, what);
    }
}
