package dev.firn.sstable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// Shapes of keys that are known to hurt.
enum Keys {
    RANDOM {
        @Override
        byte[] key(SplittableRandom r, int n) {
            return random(r, 16);
        }
    },
    SHORT {
        @Override
        byte[] key(SplittableRandom r, int n) {
            return random(r, r.nextInt(4));
        }
    },
    DECIMAL {
        @Override
        byte[] key(SplittableRandom r, int n) {
            return "%016d".formatted(r.nextInt(4 * n)).getBytes(StandardCharsets.US_ASCII);
        }
    },
    SHARED_20 {
        @Override
        byte[] key(SplittableRandom r, int n) {
            byte[] key = random(r, 20 + r.nextInt(24));
            Arrays.fill(key, 0, 20, (byte) 'p');
            return key;
        }
    },
    SHARED_10_KIB {
        @Override
        byte[] key(SplittableRandom r, int n) {
            byte[] key = random(r, 10_240 + r.nextInt(12));
            Arrays.fill(key, 0, 10_240, (byte) 'p');
            return key;
        }
    },
    /// Empty, one byte, and up to the longest there may be.
    ALL_LENGTHS {
        @Override
        byte[] key(SplittableRandom r, int n) {
            byte[] key = new byte[r.nextInt(8) == 0
                    ? TableFormat.KEY_MAX
                    : r.nextInt(1 << r.nextInt(17))];
            Arrays.fill(key, (byte) r.nextInt(2));
            if (key.length > 0) {
                key[r.nextInt(key.length)] ^= (byte) r.nextInt(3);
            }
            return key;
        }
    },
    SAME_8_BYTES {
        @Override
        byte[] key(SplittableRandom r, int n) {
            byte[] key = random(r, 8 + r.nextInt(14));
            for (int i = 0; i < 8; i++) {
                key[i] = (byte) (i == 7 ? r.nextInt(2) : 'w');
            }
            for (int i = 8; i < key.length; i++) {
                key[i] = (byte) (key[i] & 3);
            }
            return key;
        }
    },
    /// Each a prefix of the next, with zeros among them.
    PREFIXES {
        @Override
        byte[] key(SplittableRandom r, int n) {
            byte[] key = new byte[r.nextInt(60)];
            if (key.length > 0 && r.nextInt(3) == 0) {
                key[key.length - 1] = (byte) r.nextInt(256);
            }
            return key;
        }
    },
    EXTREMES {
        @Override
        byte[] key(SplittableRandom r, int n) {
            byte[] key = new byte[r.nextInt(20)];
            for (int i = 0; i < key.length; i++) {
                key[i] = (byte) (r.nextInt(4) == 0 ? r.nextInt(256) : -r.nextInt(2));
            }
            return key;
        }
    };

    /// One of about `n` keys.
    abstract byte[] key(SplittableRandom r, int n);

    private static byte[] random(SplittableRandom r, int length) {
        byte[] bytes = new byte[length];
        r.nextBytes(bytes);
        return bytes;
    }

    /// At most `n` different keys in order.
    List<byte[]> keys(SplittableRandom r, int n) {
        var keys = new TreeSet<byte[]>(Arrays::compareUnsigned);
        for (int i = 0; i < n; i++) {
            keys.add(key(r, n));
        }
        return new ArrayList<>(keys);
    }

    /// Something near a key: itself, longer, shorter, one bit off, or another one.
    byte[] near(SplittableRandom r, byte[] key, int n) {
        switch (r.nextInt(6)) {
            case 0 -> {
                return key;
            }
            case 1 -> {
                byte[] longer = Arrays.copyOf(key, Math.min(key.length + 1, TableFormat.KEY_MAX));
                if (longer.length > 0 && r.nextBoolean()) {
                    longer[longer.length - 1] = (byte) r.nextInt(256);
                }
                return longer;
            }
            case 2 -> {
                return Arrays.copyOf(key, r.nextInt(key.length + 1));
            }
            case 3 -> {
                byte[] other = key.clone();
                if (other.length > 0) {
                    other[r.nextInt(other.length)] ^= (byte) (1 << r.nextInt(8));
                }
                return other;
            }
            default -> {
                return key(r, n);
            }
        }
    }
}
