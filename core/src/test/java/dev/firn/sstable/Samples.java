package dev.firn.sstable;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/// Bytes of many kinds for the tests of codecs, all from a seed.
final class Samples {
    private Samples() {}

    static byte[] of(SplittableRandom random, int length) {
        return switch (random.nextInt(7)) {
            case 0 -> noise(random, length, 256);
            case 1 -> noise(random, length, 1 + random.nextInt(8));
            case 2 -> entries(random, length);
            case 3 -> runs(random, length);
            case 4 -> copies(random, length);
            case 5 -> digits(random, length);
            default -> sprinkled(random, length);
        };
    }

    /// Independent bytes of an alphabet.
    static byte[] noise(SplittableRandom random, int length, int alphabet) {
        byte[] a = new byte[length];
        for (int i = 0; i < length; i++) {
            a[i] = (byte) random.nextInt(alphabet);
        }
        return a;
    }

    /// Keys and half-compressible values, as in the usual benchmark.
    static byte[] entries(SplittableRandom random, int length) {
        byte[] a = new byte[length];
        byte[] entry = new byte[116];
        for (int i = 0; i < length; i++) {
            int at = i % entry.length;
            if (at == 0) {
                byte[] key = "%016d".formatted(random.nextInt(1_000_000_000))
                        .getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(key, 0, entry, 0, 16);
                for (int k = 16; k < 66; k++) {
                    entry[k] = (byte) (' ' + random.nextInt(95));
                }
                System.arraycopy(entry, 16, entry, 66, 50);
            }
            a[i] = entry[at];
        }
        return a;
    }

    private static byte[] runs(SplittableRandom random, int length) {
        byte[] a = new byte[length];
        for (int i = 0; i < length;) {
            byte value = (byte) random.nextInt(256);
            for (int run = 1 + random.nextInt(600); run > 0 && i < length; run--) {
                a[i++] = value;
            }
        }
        return a;
    }

    /// Pieces repeated from all distances, the near ones often.
    private static byte[] copies(SplittableRandom random, int length) {
        byte[] a = noise(random, length, 256);
        for (int i = 1 + random.nextInt(20); i < length; i += 1 + random.nextInt(40)) {
            int back = 1
                    + (random.nextBoolean() ? random.nextInt(i) : random.nextInt(Math.min(i, 20)));
            for (int run = random.nextInt(300); run > 0 && i < length; run--, i++) {
                a[i] = a[i - Math.min(back, i)];
            }
        }
        return a;
    }

    private static byte[] digits(SplittableRandom random, int length) {
        byte[] a = new byte[length];
        for (int i = 0; i < length; i++) {
            a[i] = (byte) ('0' + random.nextInt(10));
        }
        return a;
    }

    /// Zeros with a few others between.
    private static byte[] sprinkled(SplittableRandom random, int length) {
        byte[] a = new byte[length];
        for (int i = random.nextInt(30); i < length; i += 1 + random.nextInt(200)) {
            a[i] = (byte) random.nextInt(256);
        }
        return a;
    }
}
