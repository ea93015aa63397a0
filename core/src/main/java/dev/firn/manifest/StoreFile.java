package dev.firn.manifest;

import java.util.Optional;

/// The name of a file of a store: its kind and, for most kinds, its number.
///
/// All numbers come from one counter, so no two files of a store have had the same one.
///
/// @param kind what sort of file it is
/// @param number its number, 0 for kinds without one
public record StoreFile(Kind kind, long number) {
    /// The sorts of files.
    public enum Kind {
        /// Holds the lock of the store's owner; empty.
        LOCK,
        /// Names the manifest that counts.
        CURRENT,
        /// A record of what the store consists of: `MANIFEST-000001`.
        MANIFEST,
        /// A segment of the write-ahead log: `000002.log`.
        LOG,
        /// A sorted table: `000003.sst`.
        TABLE,
        /// Something unfinished, never read: `CURRENT.tmp`.
        TEMPORARY
    }

    /// The name of the file that names the manifest.
    public static final String CURRENT = "CURRENT";

    /// The name that [#CURRENT] has while it is written.
    public static final String CURRENT_TEMPORARY = "CURRENT.tmp";

    /// The name of the lock file.
    public static final String LOCK = "LOCK";

    /// The file that is there while a repair is under way; no open touches it, or such a store.
    public static final String REPAIRING = "REPAIRING";

    /// The largest number: it has 18 digits.
    static final long NUMBER_MAX = 999_999_999_999_999_999L;

    /// How far the number of a file can be beyond those that the manifest knows: far more than a
    /// store gives out between two edits.
    private static final long AHEAD_MAX = 1L << 40;

    private static final String MANIFEST_PREFIX = "MANIFEST-";
    private static final String LOG_SUFFIX = ".log";
    private static final String TABLE_SUFFIX = ".sst";
    private static final String TEMPORARY_SUFFIX = ".tmp";
    private static final int DIGITS_MIN = 6;
    private static final int DIGITS_MAX = 18;

    /// The manifest of a number.
    public static StoreFile manifest(long number) {
        return new StoreFile(Kind.MANIFEST, number);
    }

    /// The log of a number.
    public static StoreFile log(long number) {
        return new StoreFile(Kind.LOG, number);
    }

    /// The table of a number.
    public static StoreFile table(long number) {
        return new StoreFile(Kind.TABLE, number);
    }

    /// What file has this name; none when it is not a store's: such are never touched.
    public static Optional<StoreFile> parse(String name) {
        if (name.equals(LOCK)) {
            return Optional.of(new StoreFile(Kind.LOCK, 0));
        }
        if (name.equals(CURRENT)) {
            return Optional.of(new StoreFile(Kind.CURRENT, 0));
        }
        if (name.equals(CURRENT_TEMPORARY)) {
            return Optional.of(new StoreFile(Kind.TEMPORARY, 0));
        }
        if (name.startsWith(MANIFEST_PREFIX)) {
            return numbered(Kind.MANIFEST, name.substring(MANIFEST_PREFIX.length()));
        }
        if (name.endsWith(LOG_SUFFIX)) {
            return numbered(Kind.LOG, cut(name, LOG_SUFFIX));
        }
        if (name.endsWith(TABLE_SUFFIX)) {
            return numbered(Kind.TABLE, cut(name, TABLE_SUFFIX));
        }
        if (name.endsWith(TEMPORARY_SUFFIX)) {
            return numbered(Kind.TEMPORARY, cut(name, TEMPORARY_SUFFIX));
        }
        return Optional.empty();
    }

    private static String cut(String name, String suffix) {
        return name.substring(0, name.length() - suffix.length());
    }

    private static Optional<StoreFile> numbered(Kind kind, String digits) {
        if (digits.length() < DIGITS_MIN
                || digits.length() > DIGITS_MAX
                || (digits.length() > DIGITS_MIN && digits.charAt(0) == '0')
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        long number = Long.parseLong(digits);
        return number == 0 ? Optional.empty() : Optional.of(new StoreFile(kind, number));
    }

    /// Whether a store whose manifest says that `nextFile` comes next can have given the file its
    /// number. What bears another one is not the store's, and never touched: the numbers after it
    /// would soon be used up.
    public boolean isPossible(long nextFile) {
        return number < nextFile + AHEAD_MAX;
    }

    /// The name in the directory.
    public String name() {
        return switch (kind) {
            case LOCK -> LOCK;
            case CURRENT -> CURRENT;
            case MANIFEST -> MANIFEST_PREFIX + padded();
            case LOG -> padded() + LOG_SUFFIX;
            case TABLE -> padded() + TABLE_SUFFIX;
            case TEMPORARY -> number == 0 ? CURRENT_TEMPORARY : padded() + TEMPORARY_SUFFIX;
        };
    }

    private String padded() {
        String digits = Long.toString(number);
        return "0".repeat(Math.max(0, DIGITS_MIN - digits.length())) + digits;
    }
}
