package dev.firn.dump;

import dev.firn.DumpLine;
import dev.firn.DumpOptions;
import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import dev.firn.storage.CorruptException;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/// Hands out the lines of a dump and counts the damages. One thread.
public final class DumpWriter {
    /// So many places of damage are remembered.
    private static final int TOLD_MAX = 100_000;

    private final DumpOptions options;
    private final Consumer<DumpLine> lines;
    private final Set<Long> told = new HashSet<>();
    private long damages;

    /// Hands lines to a consumer.
    public DumpWriter(DumpOptions options, Consumer<DumpLine> lines) {
        this.options = options;
        this.lines = lines;
    }

    /// How much is to be told.
    public DumpOptions options() {
        return options;
    }

    /// How many damages were told.
    public long damages() {
        return damages;
    }

    /// Tells what is at an offset.
    public void line(long offset, int depth, String text) {
        lines.accept(new DumpLine(offset, depth, false, text));
    }

    /// Tells something about what the line before is about.
    public void note(int depth, String text) {
        line(-1, depth, text);
    }

    /// Tells what is wrong at an offset.
    public void damage(long offset, int depth, String text) {
        damages++;
        if (told.size() < TOLD_MAX) {
            told.add(offset);
        }
        lines.accept(new DumpLine(offset, depth, true, text));
    }

    /// Tells what a decoder found wrong.
    public void damage(int depth, CorruptException e) {
        damage(e.offset(), depth, words(e));
    }

    /// Whether a damage at this offset was told.
    public boolean isTold(long offset) {
        return told.contains(offset) || told.size() == TOLD_MAX;
    }

    /// What a decoder found wrong, without the place.
    public static String words(CorruptException e) {
        String message = String.valueOf(e.getMessage());
        String place = e.file() + " at offset " + e.offset() + ": ";
        return message.startsWith(place) ? message.substring(place.length()) : message;
    }

    /// A key in memory: its length and its first bytes.
    public static String key(MemorySegment memory, long at, int length) {
        return "key of " + length + " bytes: " + Printable.text(memory, at, length);
    }

    /// Sequence and kind of an entry.
    public static String version(long trailer) {
        return "sequence " + Trailer.sequence(trailer) + " "
                + ValueKind.nameOf(Trailer.kind(trailer));
    }

    /// The length of a value and, if that is wanted, its first bytes.
    public String value(MemorySegment memory, long at, int length) {
        return "value of " + length + " bytes"
                + (options.values() ? ": " + Printable.text(memory, at, length) : "");
    }
}
