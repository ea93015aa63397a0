package dev.firn.bench.data;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/// What keys look like. Entries are numbered from 0; a shape makes the key of a number, and for
/// each a second key that is never stored and lies among those that are.
public enum KeyShape {
    /// As db_bench makes them: the number in eight bytes, most significant first, then `00000000`.
    DB {
        @Override
        public Maker maker() {
            return new Binary();
        }
    },

    /// Text with a prefix of 20 bytes that all share, then 16 decimal digits.
    TEXT {
        @Override
        public Maker maker() {
            return new Decimal("customer/2026/order/", 16);
        }
    },

    /// As YCSB makes them: `user` and the FNV hash of the number in decimal. In no order of
    /// numbers.
    USER {
        @Override
        public Maker maker() {
            return new User();
        }
    };

    /// Makes keys for one thread. An array is valid until the next key is made.
    public abstract static class Maker {
        /// The key of a number.
        public final byte[] present(long number) {
            return make(number, false);
        }

        /// A key that is never stored.
        public final byte[] absent(long number) {
            return make(number, true);
        }

        abstract byte[] make(long number, boolean isAbsent);
    }

    /// A new maker of keys.
    public abstract Maker maker();

    /// Whether a greater number has a greater key.
    public boolean isOrdered() {
        return this != USER;
    }

    /// Its name on the command line.
    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The shape with a label.
    @JsonCreator
    public static KeyShape of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }

    private static final class Binary extends Maker {
        private final byte[] key = "0000000000000000".getBytes(StandardCharsets.US_ASCII);

        @Override
        byte[] make(long number, boolean isAbsent) {
            for (int i = 0; i < 8; i++) {
                key[i] = (byte) (number >>> (56 - 8 * i));
            }
            key[15] = (byte) (isAbsent ? '.' : '0');
            return key;
        }
    }

    private static final class Decimal extends Maker {
        private final byte[] key;
        private final int prefix;

        Decimal(String prefix, int digits) {
            this.key = Arrays.copyOf(prefix.getBytes(StandardCharsets.US_ASCII),
                    prefix.length() + digits);
            this.prefix = prefix.length();
        }

        @Override
        byte[] make(long number, boolean isAbsent) {
            long rest = number;
            for (int i = key.length - 1; i >= prefix; i--) {
                key[i] = (byte) ('0' + rest % 10);
                rest /= 10;
            }
            if (isAbsent) {
                key[key.length - 1] = (byte) (key[key.length - 1] + 'a' - '0');
            }
            return key;
        }
    }

    private static final class User extends Maker {
        private static final long ABSENT = 1L << 40;
        private static final long FNV_OFFSET = 0xCBF29CE484222325L;
        private static final long FNV_PRIME = 1099511628211L;

        /// One array for each length, as keys have to be arrays of just their length.
        private final byte[][] keys = new byte[24][];

        User() {
            for (int length = 0; length < keys.length; length++) {
                keys[length] = Arrays.copyOf("user".getBytes(StandardCharsets.US_ASCII), length);
            }
        }

        @Override
        byte[] make(long number, boolean isAbsent) {
            long rest = hash(isAbsent ? number + ABSENT : number);
            int digits = 1;
            for (long bound = 10; digits < 19 && rest >= bound; bound *= 10) {
                digits++;
            }
            byte[] key = keys[4 + digits];
            for (int i = key.length - 1; i >= 4; i--) {
                key[i] = (byte) ('0' + rest % 10);
                rest /= 10;
            }
            return key;
        }

        private static long hash(long number) {
            long hash = FNV_OFFSET;
            for (int shift = 0; shift < 64; shift += 8) {
                hash = (hash ^ (number >>> shift & 0xff)) * FNV_PRIME;
            }
            return hash & Long.MAX_VALUE;
        }
    }
}
