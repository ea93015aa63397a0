package dev.firn.manifest;

import dev.firn.FirnException;
import dev.firn.key.UserKey;
import dev.firn.storage.CorruptException;
import dev.firn.util.Bytes;
import dev.firn.util.Varint;
import java.util.Arrays;

/// Reads the values of an edit one after the other, never beyond the end of what holds them, and
/// allocates nothing larger than the bytes that are there.
final class FieldReader {
    private final byte[] bytes;
    private final String file;
    private final long record;
    private int at;
    private int limit;

    /// A reader of `bytes` from `at` to `limit`, which are a part of the record at an offset of a
    /// file.
    FieldReader(byte[] bytes, int at, int limit, String file, long record) {
        this.bytes = bytes;
        this.at = at;
        this.limit = limit;
        this.file = file;
        this.record = record;
    }

    boolean hasMore() {
        return at < limit;
    }

    /// Reads a length, and narrows this reader to as many bytes until [#leave] is called.
    ///
    /// @return what to give to [#leave]
    int enter() throws CorruptException {
        int length = lengthOfRest("length");
        int outer = limit;
        limit = at + length;
        return outer;
    }

    /// Back to the bytes behind those that [#enter] narrowed to.
    void leave(int outer) {
        at = limit;
        limit = outer;
    }

    /// A number of 63 bits.
    long number(String what) throws CorruptException {
        int end = at;
        while (end < limit && bytes[end] < 0) {
            end++;
        }
        if (end >= limit || end - at >= Varint.LONG_BYTES_MAX) {
            throw corrupt(what + " does not end");
        }
        long value;
        try {
            value = Varint.get(bytes, at);
        } catch (IllegalArgumentException e) {
            throw corrupt(what + " is a " + e.getMessage());
        }
        if (value < 0) {
            throw corrupt(what + " is too large");
        }
        at = end + 1;
        return value;
    }

    /// A number from 0 to `max`.
    int number(String what, int max) throws CorruptException {
        long value = number(what);
        if (value > max) {
            throw corrupt(what + " is " + value + ", of at most " + max);
        }
        return (int) value;
    }

    /// A word of 64 bits.
    long word(String what) throws CorruptException {
        if (limit - at < Long.BYTES) {
            throw corrupt(what + " does not end");
        }
        at += Long.BYTES;
        return Bytes.getLong(bytes, at - Long.BYTES);
    }

    /// A key with its length before it.
    UserKey key(String what) throws CorruptException {
        return UserKey.owning(string(what, EditFormat.KEY_BYTES_MAX));
    }

    /// Bytes with their length before them.
    byte[] string(String what, int max) throws CorruptException {
        int length = lengthOfRest(what);
        if (length > max) {
            throw corrupt(what + " has " + length + " bytes, of at most " + max);
        }
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    private int lengthOfRest(String what) throws CorruptException {
        long length = number(what);
        if (length > limit - at) {
            throw corrupt(
                    what + " has " + length + " bytes, of which " + (limit - at) + " are there");
        }
        return (int) length;
    }

    CorruptException corrupt(String what) {
        return new CorruptException(file, record, "edit is damaged at byte " + at + ": " + what);
    }

    FirnException newer(String what) {
        return ManifestFormat.newer(file, record, what);
    }
}
