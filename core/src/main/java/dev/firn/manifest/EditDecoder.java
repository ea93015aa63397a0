package dev.firn.manifest;

import dev.firn.CompactionShape;
import dev.firn.Compression;
import dev.firn.FirnException;
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
import dev.firn.storage.CorruptException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// Turns the bytes of a record into an edit, see [EditFormat]; hostile bytes too, into a
/// [CorruptException] or, where a newer Firn may have written them, an incompatible
/// [FirnException].
final class EditDecoder {
    private final FieldReader in;
    private @Nullable UserKey lower;
    private @Nullable UserKey upper;

    private EditDecoder(FieldReader in) {
        this.in = in;
    }

    /// The edit of the bytes, which are the record at an offset of a file.
    static VersionEdit decode(byte[] bytes, int at, int length, String file, long offset)
            throws CorruptException {
        var in = new FieldReader(bytes, at, at + length, file, offset);
        return new EditDecoder(in).edit();
    }

    private VersionEdit edit() throws CorruptException {
        var changes = new ArrayList<Change>();
        while (in.hasMore()) {
            long tag = in.number("tag of a change");
            int outer = in.enter();
            try {
                Change change = change(tag);
                if (change != null) {
                    changes.add(change);
                }
            } catch (IllegalArgumentException e) {
                throw in.corrupt("change " + (tag >>> 1) + ": " + e.getMessage());
            }
            in.leave(outer);
        }
        return new VersionEdit(changes);
    }

    private @Nullable Change change(long tag) throws CorruptException {
        long number = tag >>> 1;
        boolean known = number >= EditFormat.STORE_CREATED && number <= EditFormat.LAST_SEQUENCE;
        if (!known) {
            if ((tag & 1) == 0) {
                throw in.newer("change " + number);
            }
            return null;
        }
        if ((tag & 1) != 0) {
            throw in.corrupt("change " + number + " is marked optional");
        }
        Change change =
                switch ((int) number) {
                    case EditFormat.STORE_CREATED -> storeCreated();
                    case EditFormat.SNAPSHOT_ENDED -> new SnapshotEnded();
                    case EditFormat.KEYSPACE_CREATED -> keyspaceCreated();
                    case EditFormat.KEYSPACE_DROPPED -> new KeyspaceDropped(keyspace());
                    case EditFormat.NEXT_KEYSPACE -> new NextKeyspace(keyspace());
                    case EditFormat.TABLE_ADDED -> tableAdded();
                    case EditFormat.TABLE_REMOVED ->
                            new TableRemoved(keyspace(), level(), in.number("run"),
                                    in.number("file"));
                    case EditFormat.TABLE_TRIMMED -> tableTrimmed();
                    case EditFormat.FLUSHED -> new Flushed(keyspace(), in.number("sequence"));
                    case EditFormat.LOG_ROTATED ->
                            new LogRotated(in.number("log"), in.number("final size"));
                    case EditFormat.LOGS_FROM -> new LogsFrom(in.number("log"));
                    case EditFormat.NEXT_FILE -> new NextFile(in.number("next file"));
                    default -> new LastSequence(in.number("sequence"));
                };
        fields(number, false);
        return change;
    }

    private StoreCreated storeCreated() throws CorruptException {
        long storeId = in.word("store id");
        int formatVersion = in.number("format version", Integer.MAX_VALUE);
        if (formatVersion > EditFormat.FORMAT_VERSION) {
            // Before anything else of the edit is looked at: the rest may follow other rules.
            throw in.newer("format version " + formatVersion);
        }
        return new StoreCreated(storeId, formatVersion);
    }

    private KeyspaceCreated keyspaceCreated() throws CorruptException {
        int id = keyspace();
        String name =
                new String(
                        in.string("name", KeyspaceState.NAME_LENGTH_MAX),
                        StandardCharsets.ISO_8859_1);
        var options =
                new KeyspaceOptions(
                        shape(in.number("shape")),
                        compression(in.number("codec")),
                        in.number("block size", Integer.MAX_VALUE),
                        in.number("filter size", Integer.MAX_VALUE),
                        in.number("table size"));
        return new KeyspaceCreated(id, name, options);
    }

    private TableAdded tableAdded() throws CorruptException {
        int keyspace = keyspace();
        int level = level();
        long run = in.number("run");
        long file = in.number("file");
        long tableId = in.word("table id");
        long fileBytes = in.number("file size");
        long rawBytes = in.number("raw size");
        long entries = in.number("entries");
        long tombstones = in.number("tombstones");
        UserKey smallest = in.key("smallest key");
        UserKey largest = in.key("largest key");
        long smallestSequence = in.number("smallest sequence");
        long largestSequence = in.number("largest sequence");
        long createdMillis = in.number("creation time");
        int codec = in.number("codec", 255);
        fields(EditFormat.TABLE_ADDED, true);
        var table =
                new TableMeta(
                        file,
                        tableId,
                        fileBytes,
                        rawBytes,
                        entries,
                        tombstones,
                        smallest,
                        largest,
                        lower,
                        upper,
                        smallestSequence,
                        largestSequence,
                        createdMillis,
                        codec);
        return new TableAdded(keyspace, level, run, table);
    }

    private TableTrimmed tableTrimmed() throws CorruptException {
        int keyspace = keyspace();
        int level = level();
        long run = in.number("run");
        long file = in.number("file");
        fields(EditFormat.TABLE_TRIMMED, true);
        return new TableTrimmed(keyspace, level, run, file, lower, upper);
    }

    /// Reads the fields behind the values: bounds where there can be some, and what newer versions
    /// add.
    private void fields(long change, boolean bounds) throws CorruptException {
        lower = null;
        upper = null;
        long last = 0;
        while (in.hasMore()) {
            long tag = in.number("tag of a field");
            long number = tag >>> 1;
            if (number <= last) {
                throw in.corrupt("field " + number + " stands behind field " + last);
            }
            last = number;
            boolean optional = (tag & 1) != 0;
            boolean known = bounds && number <= EditFormat.FIELD_UPPER;
            if (known && optional) {
                throw in.corrupt("field " + number + " is marked optional");
            } else if (known && number == EditFormat.FIELD_LOWER) {
                lower = in.key("lower bound");
            } else if (known) {
                upper = in.key("upper bound");
            } else if (optional) {
                in.leave(in.enter());
            } else {
                throw in.newer("field " + number + " of change " + change);
            }
        }
    }

    private int keyspace() throws CorruptException {
        return in.number("keyspace", Integer.MAX_VALUE);
    }

    private int level() throws CorruptException {
        return in.number("level", Version.LEVELS_MAX - 1);
    }

    private CompactionShape shape(long code) {
        for (CompactionShape shape : CompactionShape.values()) {
            if (EditEncoder.code(shape) == code) {
                return shape;
            }
        }
        throw in.newer("shape " + code + " of a keyspace");
    }

    private Compression compression(long code) {
        for (Compression compression : Compression.values()) {
            if (EditEncoder.code(compression) == code) {
                return compression;
            }
        }
        throw in.newer("codec " + code + " of a keyspace");
    }
}
