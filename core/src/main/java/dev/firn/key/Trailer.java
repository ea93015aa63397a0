package dev.firn.key;

/// Sequence number (56 bits) and kind (8 bits) of a version, in one long: `sequence << 8 | kind`.
///
/// The order of entries is user key ascending, then trailer descending (unsigned): the newest
/// version of a key comes first.
public final class Trailer {
    /// The largest sequence number: a read at it sees everything.
    public static final long SEQUENCE_MAX = (1L << 56) - 1;

    private Trailer() {}

    /// Puts the two together.
    public static long of(long sequence, ValueKind kind) {
        return sequence << 8 | kind.code();
    }

    /// The largest trailer of a sequence: seeking a key with it finds the newest version at or
    /// below the sequence.
    public static long seek(long sequence) {
        return sequence << 8 | 0xff;
    }

    /// The sequence number.
    public static long sequence(long trailer) {
        return trailer >>> 8;
    }

    /// The kind's code.
    public static int kind(long trailer) {
        return (int) (trailer & 0xff);
    }

    /// Whether it is a tombstone.
    public static boolean isDelete(long trailer) {
        return (trailer & 0xff) == 0;
    }
}
