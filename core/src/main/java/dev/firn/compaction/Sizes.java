package dev.firn.compaction;

import dev.firn.key.UserKey;
import dev.firn.manifest.Run;
import dev.firn.manifest.TableMeta;
import dev.firn.util.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Estimates of how much of a table a range of keys covers: keys are taken to lie evenly between
/// the table's smallest and largest, by the eight bytes behind what these two share.
final class Sizes {
    private Sizes() {}

    /// Bytes before compression of what is visible of a run.
    static long rawBytes(Run run) {
        long bytes = 0;
        for (TableMeta table : run.tables()) {
            bytes += rawBytes(table, null, null);
        }
        return bytes;
    }

    /// Bytes before compression of what is visible of a table between two keys.
    static long rawBytes(TableMeta table, @Nullable UserKey from, @Nullable UserKey to) {
        return scaled(table.rawBytes(), table, from, to);
    }

    /// Bytes in the file of what is visible of a table between two keys.
    static long fileBytes(TableMeta table, @Nullable UserKey from, @Nullable UserKey to) {
        return scaled(table.fileBytes(), table, from, to);
    }

    /// Entries of what is visible of a table between two keys.
    static long entries(TableMeta table, @Nullable UserKey from, @Nullable UserKey to) {
        return scaled(table.entries(), table, from, to);
    }

    private static long scaled(
            long bytes, TableMeta table, @Nullable UserKey from, @Nullable UserKey to) {
        UserKey low = from != null && from.compareTo(table.first()) > 0 ? from : table.first();
        UserKey high = to != null && to.compareTo(table.end()) < 0 ? to : table.end();
        if (low == table.smallest() && high == table.largest()) {
            return bytes;
        }
        byte[] a = table.smallest().bytes();
        byte[] z = table.largest().bytes();
        int mismatch = Arrays.mismatch(a, z);
        int shared = mismatch < 0 ? a.length : mismatch;
        double start = position(a, shared);
        double width = position(z, shared) - start;
        if (width <= 0) {
            return bytes;
        }
        double part = (position(high.bytes(), shared) - position(low.bytes(), shared)) / width;
        return (long) (bytes * Math.clamp(part, 0, 1));
    }

    private static double position(byte[] key, int shared) {
        int at = Math.min(shared, key.length);
        long word = Bytes.word(key, at, key.length - at);
        return (word >>> 1) * 2.0;
    }
}
