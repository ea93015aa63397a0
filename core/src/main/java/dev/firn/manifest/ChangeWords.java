package dev.firn.manifest;

import dev.firn.dump.Printable;
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
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The changes of an edit in words.
final class ChangeWords {
    private ChangeWords() {}

    static String of(Change change) {
        return switch (change) {
            case StoreCreated c -> "store %016x created, format version %d"
                    .formatted(c.storeId(), c.formatVersion());
            case SnapshotEnded c -> "the snapshot ends";
            case KeyspaceCreated c -> keyspace(c);
            case KeyspaceDropped c -> "keyspace " + c.id() + " dropped";
            case NextKeyspace c -> "next keyspace is " + c.id();
            case Flushed c -> "keyspace " + c.keyspace() + " flushed up to sequence "
                    + c.sequence();
            case LogRotated c -> "log " + c.number() + " rotated, final size " + c.finalSize();
            case LogsFrom c -> "logs are needed from " + c.number() + " on";
            case NextFile c -> "next file is " + c.number();
            case LastSequence c -> "sequences are taken up to " + c.sequence();
            case TableAdded c -> "table " + c.file() + " added to " + place(c) + table(c.table());
            case TableRemoved c -> "table " + c.file() + " removed from " + place(c);
            case TableTrimmed c -> "table " + c.file() + " trimmed in " + place(c)
                    + bounds(c.lower(), c.upper());
        };
    }

    private static String keyspace(KeyspaceCreated c) {
        byte[] name = c.name().getBytes(StandardCharsets.ISO_8859_1);
        return "keyspace " + c.id() + " created: " + Printable.text(name) + ", "
                + c.options().shape().name().toLowerCase(Locale.ROOT) + ", codec "
                + c.options().compression().name().toLowerCase(Locale.ROOT) + ", blocks of "
                + c.options().blockBytes() + " bytes, " + c.options().filterBitsPerKey()
                + " filter bits a key, tables of " + c.options().tableBytes() + " bytes";
    }

    private static String place(TableChange c) {
        return "keyspace " + c.keyspace() + ", level " + c.level() + ", run " + c.run();
    }

    private static String table(TableMeta t) {
        return ": id %016x, ".formatted(t.tableId()) + t.fileBytes() + " bytes, " + t.entries()
                + " entries, " + t.tombstones() + " tombstones, sequences "
                + t.smallestSequence() + " to " + t.largestSequence() + ", keys "
                + key(t.smallest()) + " to " + key(t.largest()) + ", raw " + t.rawBytes()
                + " bytes, codec " + t.codec() + bounds(t.lower(), t.upper());
    }

    private static String bounds(@Nullable UserKey lower, @Nullable UserKey upper) {
        return (lower == null ? "" : ", visible from " + key(lower))
                + (upper == null ? "" : ", visible before " + key(upper));
    }

    private static String key(UserKey key) {
        return "'" + Printable.text(key.bytes()) + "' (" + key.bytes().length + " bytes)";
    }
}
