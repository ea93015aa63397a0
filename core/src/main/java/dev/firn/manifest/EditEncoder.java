package dev.firn.manifest;

import dev.firn.CompactionShape;
import dev.firn.Compression;
import dev.firn.KeyspaceOptions;
import dev.firn.key.UserKey;
import dev.firn.manifest.Change.Flushed;
import dev.firn.manifest.Change.KeyspaceCreated;
import dev.firn.manifest.Change.KeyspaceDropped;
import dev.firn.manifest.Change.LastSequence;
import dev.firn.manifest.Change.LogRotated;
import dev.firn.manifest.Change.LogsFrom;
import dev.firn.manifest.Change.NextFile;
import dev.firn.manifest.Change.NextKeyspace;
import dev.firn.manifest.Change.SnapshotEnded;
import dev.firn.manifest.Change.StoreCreated;
import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableChange.TableRemoved;
import dev.firn.manifest.TableChange.TableTrimmed;
import dev.firn.util.Bytes;
import dev.firn.util.Varint;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Turns changes into bytes, see [EditFormat]. Reused from edit to edit; one thread.
final class EditEncoder {
    private byte[] bytes = new byte[1024];
    private int length;

    /// The bytes of an edit in an array of their own.
    static byte[] encode(VersionEdit edit) {
        var encoder = new EditEncoder();
        edit.changes().forEach(encoder::add);
        return Arrays.copyOf(encoder.bytes, encoder.length);
    }

    /// The array that holds the bytes, from index 0 on; good until the next call.
    @SuppressWarnings("MissingDefensiveCopy")
    byte[] bytes() {
        return bytes;
    }

    /// How many bytes there are.
    int length() {
        return length;
    }

    /// Forgets everything.
    void clear() {
        length = 0;
    }

    /// Appends a change.
    void add(Change change) {
        varint(EditFormat.required(numberOf(change)));
        int start = length;
        body(change);
        prefixLength(start);
    }

    private static int numberOf(Change change) {
        return switch (change) {
            case StoreCreated c -> EditFormat.STORE_CREATED;
            case SnapshotEnded c -> EditFormat.SNAPSHOT_ENDED;
            case KeyspaceCreated c -> EditFormat.KEYSPACE_CREATED;
            case KeyspaceDropped c -> EditFormat.KEYSPACE_DROPPED;
            case NextKeyspace c -> EditFormat.NEXT_KEYSPACE;
            case TableAdded c -> EditFormat.TABLE_ADDED;
            case TableRemoved c -> EditFormat.TABLE_REMOVED;
            case TableTrimmed c -> EditFormat.TABLE_TRIMMED;
            case Flushed c -> EditFormat.FLUSHED;
            case LogRotated c -> EditFormat.LOG_ROTATED;
            case LogsFrom c -> EditFormat.LOGS_FROM;
            case NextFile c -> EditFormat.NEXT_FILE;
            case LastSequence c -> EditFormat.LAST_SEQUENCE;
        };
    }

    private void body(Change change) {
        switch (change) {
            case StoreCreated c -> {
                word(c.storeId());
                varint(c.formatVersion());
            }
            case SnapshotEnded c -> {
            }
            case KeyspaceCreated c -> {
                varint(c.id());
                string(c.name().getBytes(StandardCharsets.US_ASCII));
                options(c.options());
            }
            case KeyspaceDropped c -> varint(c.id());
            case NextKeyspace c -> varint(c.id());
            case TableAdded c -> {
                place(c);
                table(c.table());
            }
            case TableRemoved c -> place(c);
            case TableTrimmed c -> {
                place(c);
                bounds(c.lower(), c.upper());
            }
            case Flushed c -> {
                varint(c.keyspace());
                varint(c.sequence());
            }
            case LogRotated c -> {
                varint(c.number());
                varint(c.finalSize());
            }
            case LogsFrom c -> varint(c.number());
            case NextFile c -> varint(c.number());
            case LastSequence c -> varint(c.sequence());
        }
    }

    private void place(TableChange change) {
        varint(change.keyspace());
        varint(change.level());
        varint(change.run());
        varint(change.file());
    }

    private void table(TableMeta table) {
        word(table.tableId());
        varint(table.fileBytes());
        varint(table.rawBytes());
        varint(table.entries());
        varint(table.tombstones());
        string(table.smallest().bytes());
        string(table.largest().bytes());
        varint(table.smallestSequence());
        varint(table.largestSequence());
        varint(table.createdMillis());
        varint(table.codec());
        bounds(table.lower(), table.upper());
    }

    private void bounds(@Nullable UserKey lower, @Nullable UserKey upper) {
        if (lower != null) {
            varint(EditFormat.required(EditFormat.FIELD_LOWER));
            string(lower.bytes());
        }
        if (upper != null) {
            varint(EditFormat.required(EditFormat.FIELD_UPPER));
            string(upper.bytes());
        }
    }

    private void options(KeyspaceOptions options) {
        varint(code(options.shape()));
        varint(code(options.compression()));
        varint(options.blockBytes());
        varint(options.filterBitsPerKey());
        varint(options.tableBytes());
    }

    static int code(CompactionShape shape) {
        return switch (shape) {
            case LEVELED -> 0;
            case TIERED -> 1;
            case HYBRID -> 2;
        };
    }

    static int code(Compression compression) {
        return switch (compression) {
            case NONE -> 0;
            case LZ4 -> 1;
            case DEFLATE -> 2;
        };
    }

    private void varint(long value) {
        ensure(Varint.LONG_BYTES_MAX);
        length = Varint.put(bytes, length, value);
    }

    private void word(long value) {
        ensure(Long.BYTES);
        Bytes.putLong(bytes, length, value);
        length += Long.BYTES;
    }

    private void string(byte[] value) {
        varint(value.length);
        ensure(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    /// Puts the length of what was appended since `start` in front of it.
    private void prefixLength(int start) {
        int body = length - start;
        int prefix = Varint.length(body);
        ensure(prefix);
        System.arraycopy(bytes, start, bytes, start + prefix, body);
        Varint.put(bytes, start, body);
        length += prefix;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
        }
    }
}
