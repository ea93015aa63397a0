package dev.firn.manifest;

import dev.firn.FirnException;
import dev.firn.dump.DumpWriter;
import dev.firn.dump.Printable;
import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Tells what `CURRENT` says.
public final class CurrentScan {
    private CurrentScan() {}

    /// Tells it.
    public static void run(ReadFile file, DumpWriter out) throws IOException {
        try {
            CurrentFile current = CurrentFile.read(file);
            out.line(0, 1, "version 1 of the line");
            out.note(1, "manifest " + StoreFile.manifest(current.manifest()).name());
            out.note(1, "store %016x".formatted(current.storeId()));
            out.note(1, "checksum ok");
        } catch (CorruptException e) {
            out.damage(1, e);
            raw(file, out);
        } catch (FirnException e) {
            out.damage(0, 1, String.valueOf(e.getMessage()));
            raw(file, out);
        }
    }

    private static void raw(ReadFile file, DumpWriter out) throws IOException {
        int length = (int) Math.min(file.bytes(), 4L * Printable.BYTES_MAX);
        byte[] bytes = new byte[length];
        file.copy(0, MemorySegment.ofArray(bytes), 0, length);
        MemorySegment memory = MemorySegment.ofArray(bytes);
        for (int at = 0; at < length; at += Printable.BYTES_MAX) {
            int some = Math.min(Printable.BYTES_MAX, length - at);
            out.line(at, 2, "it reads: " + Printable.text(memory, at, some));
        }
    }
}
