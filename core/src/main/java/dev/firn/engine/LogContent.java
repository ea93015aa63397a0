package dev.firn.engine;

import dev.firn.dump.DumpWriter;
import dev.firn.record.RecordFormat;
import dev.firn.record.SegmentScan;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Tells the operations of a log.
final class LogContent implements SegmentScan.Content {
    private final String file;
    private final DumpWriter out;

    LogContent(String file, DumpWriter out) {
        this.file = file;
        this.out = out;
    }

    @Override
    public @Nullable String kindName(int kind) {
        return switch (kind) {
            case RecordFormat.BATCH -> "batch";
            case RecordFormat.CLOSE -> "close";
            case RecordFormat.LINK -> "link";
            default -> null;
        };
    }

    @Override
    public void record(int kind, MemorySegment payload, long offset, boolean counts)
            throws IOException {
        if (kind == RecordFormat.BATCH) {
            BatchFormat.decode(payload, file, offset, this::operation);
        }
    }

    private void operation(int keyspace, long trailer, MemorySegment memory, long keyAt,
            int keyLength, long valueAt, int valueLength) {
        boolean isPut = (trailer & 0xff) != 0;
        out.note(2, DumpWriter.version(trailer) + ", keyspace " + keyspace
                + (isPut ? ", " + out.value(memory, valueAt, valueLength) : "")
                + ", " + DumpWriter.key(memory, keyAt, keyLength));
    }
}
