package dev.firn.memtable;

import dev.firn.testkit.Change;
import dev.firn.testkit.Turns;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Access to native memory with a point before each where another thread may come in ([Turns]).
///
/// Lincheck's model checker changes threads at reads and writes of fields, arrays and atomics; those
/// of a `MemorySegment` it does not see (a lost update between two of them passes unnoticed, tried
/// with 3.7). So the memtable is compiled once more with every access going through here.
public final class Seen {
    private Seen() {}

    /// The changes to the memtable's sources.
    public static List<Change> changes() {
        Pattern access =
                Pattern.compile("\\b(s|arena\\.memory\\(\\w+\\))\\.(get|set)\\(([\\w.]+), ");
        Pattern ordered = Pattern.compile("(?:Node\\.)?(INTS|BYTES)\\.(\\w+)\\(");
        Pattern copies = Pattern.compile("(?:MemorySegment|Bytes)\\.copy\\(");
        List<Change> changes = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("src/main/java/dev/firn/memtable"))) {
            for (Path path : files.sorted().toList()) {
                String file = "memtable/" + path.getFileName();
                changes.add(Change.all(file, ordered, "Seen.$2$1("));
                changes.add(Change.all(file, access, "Seen.$2($1, $3, "));
                changes.add(Change.all(file, copies, "Seen.copy("));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return changes;
    }

    static int getAcquireINTS(MemorySegment s, long at) {
        Turns.point();
        return (int) Node.INTS.getAcquire(s, at);
    }

    static void setReleaseINTS(MemorySegment s, long at, int value) {
        Turns.point();
        Node.INTS.setRelease(s, at, value);
    }

    static byte getAcquireBYTES(MemorySegment s, long at) {
        Turns.point();
        return (byte) Node.BYTES.getAcquire(s, at);
    }

    static void setReleaseBYTES(MemorySegment s, long at, byte value) {
        Turns.point();
        Node.BYTES.setRelease(s, at, value);
    }

    static int get(MemorySegment s, ValueLayout.OfInt layout, long at) {
        Turns.point();
        return s.get(layout, at);
    }

    static long get(MemorySegment s, ValueLayout.OfLong layout, long at) {
        Turns.point();
        return s.get(layout, at);
    }

    static byte get(MemorySegment s, ValueLayout.OfByte layout, long at) {
        Turns.point();
        return s.get(layout, at);
    }

    static void set(MemorySegment s, ValueLayout.OfInt layout, long at, int value) {
        Turns.point();
        s.set(layout, at, value);
    }

    static void set(MemorySegment s, ValueLayout.OfLong layout, long at, long value) {
        Turns.point();
        s.set(layout, at, value);
    }

    static void set(MemorySegment s, ValueLayout.OfByte layout, long at, byte value) {
        Turns.point();
        s.set(layout, at, value);
    }

    static void copy(MemorySegment from, long at, MemorySegment s, long to, long length) {
        Turns.point();
        MemorySegment.copy(from, at, s, to, length);
    }

    static void copy(byte[] from, int at, MemorySegment s, long to, int length) {
        Turns.point();
        Bytes.copy(from, at, s, to, length);
    }
}
