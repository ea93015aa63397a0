package dev.firn.key;

/// What a version of a key says. The codes are stored in logs and tables.
public enum ValueKind {
    /// The key was deleted (a tombstone).
    DELETE(0),
    /// The key has the value.
    PUT(1);
    // Reserved codes: 2 range delete, 3 merge operand, 4 expiring put, 5 pointer to a separated
    // value.

    private final int code;

    ValueKind(int code) {
        this.code = code;
    }

    /// The stored code.
    public int code() {
        return code;
    }

    /// The name of a code, for messages: also of those reserved.
    public static String nameOf(int code) {
        return switch (code) {
            case 0 -> "delete";
            case 1 -> "put";
            case 2 -> "range delete (reserved)";
            case 3 -> "merge operand (reserved)";
            case 4 -> "expiring put (reserved)";
            case 5 -> "value pointer (reserved)";
            default -> "unknown kind " + code;
        };
    }

    /// Whether this version of Firn reads the kind.
    public static boolean isKnown(int code) {
        return code == 0 || code == 1;
    }
}
