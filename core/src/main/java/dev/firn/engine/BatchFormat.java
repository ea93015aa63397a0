package dev.firn.engine;

import dev.firn.key.ValueKind;
import dev.firn.storage.CorruptException;
import dev.firn.util.Bytes;
import dev.firn.util.Varint;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The payload of a log record of kind [#RECORD_KIND]: one commit.
///
/// ```
/// sequence of the first operation   u64
/// operations, to the end of the record, each:
///   kind                            u8      see ValueKind
///   keyspace id                     varint
///   key length                      varint
///   value length                    varint  (puts only)
///   key, value
/// ```
///
/// Operation i has the sequence first + i.
final class BatchFormat {
    static final int RECORD_KIND = 1;
    static final int PREFIX_BYTES = 8;

    /// The most bytes before key and value of an operation.
    static final int OPERATION_HEAD_MAX = 1 + 3 * Varint.INT_BYTES_MAX;

    /// Receives the operations of a record.
    @FunctionalInterface
    interface Sink {
        void operation(
                int keyspace,
                long trailer,
                MemorySegment memory,
                long keyAt,
                int keyLength,
                long valueAt,
                int valueLength)
                throws java.io.IOException;
    }

    private BatchFormat() {}

    /// Writes the head of an operation and returns the index behind it.
    static int head(
            byte[] a, int at, ValueKind kind, int keyspace, int keyLength, int valueLength) {
        a[at++] = (byte) kind.code();
        at = Varint.put(a, at, keyspace);
        at = Varint.put(a, at, keyLength);
        return kind == ValueKind.PUT ? Varint.put(a, at, valueLength) : at;
    }

    /// Reads a record and hands out its operations; returns the sequence of the last one.
    static long decode(MemorySegment payload, String file, long position, Sink sink)
            throws java.io.IOException {
        long end = payload.byteSize();
        if (end < PREFIX_BYTES) {
            throw new CorruptException(file, position, "a batch of " + end + " bytes");
        }
        long sequence = payload.get(Bytes.LONG, 0);
        long at = PREFIX_BYTES;
        while (at < end) {
            int kind = payload.get(ValueLayout.JAVA_BYTE, at++) & 0xff;
            if (!ValueKind.isKnown(kind)) {
                throw new CorruptException(
                        file, position, "an operation of " + ValueKind.nameOf(kind));
            }
            long keyspace;
            long keyLength;
            long valueLength = 0;
            try {
                keyspace = Varint.get(payload, at);
                at += Varint.length(keyspace);
                keyLength = Varint.get(payload, at);
                at += Varint.length(keyLength);
                if (kind == ValueKind.PUT.code()) {
                    valueLength = Varint.get(payload, at);
                    at += Varint.length(valueLength);
                }
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new CorruptException(file, position, "a batch with a malformed operation");
            }
            if (keyspace < 0
                    || keyspace > Integer.MAX_VALUE
                    || keyLength < 0
                    || keyLength > dev.firn.Keyspace.KEY_BYTES_MAX
                    || valueLength < 0
                    || valueLength > dev.firn.Keyspace.VALUE_BYTES_MAX
                    || keyLength + valueLength > end - at) {
                throw new CorruptException(file, position,
                        "a batch with an operation beyond its end");
            }
            sink.operation(
                    (int) keyspace,
                    sequence << 8 | kind,
                    payload,
                    at,
                    (int) keyLength,
                    at + keyLength,
                    (int) valueLength);
            at += keyLength + valueLength;
            sequence++;
        }
        return sequence - 1;
    }
}
