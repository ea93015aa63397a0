package dev.firn.hostile;

import dev.firn.util.Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Changes valid inputs a little, in the ways that hurt decoders: flips, extremes in places of
/// lengths, pieces cut out, repeated, or taken from another input.
final class Mutator {
    private static final long[] EXTREMES = {0, 1, -1, 7, 8, 63, 64, 127, 128, 255, 256, 0x7fff,
        0x8000, 0xffff, 0x10000, 1 << 20, 1 << 30, Integer.MAX_VALUE - 8, Integer.MAX_VALUE,
        Integer.MIN_VALUE, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE};
    private static final int BYTES_MAX = 16 << 10;

    private final SplittableRandom random;

    Mutator(long seed) {
        random = new SplittableRandom(seed);
    }

    byte[] next(List<byte[]> seeds) {
        byte[] input = seeds.get(random.nextInt(seeds.size())).clone();
        for (int n = 1 + random.nextInt(5); n > 0; n--) {
            input = changed(input, seeds.get(random.nextInt(seeds.size())));
        }
        return input;
    }

    private byte[] changed(byte[] a, byte[] other) {
        int at = random.nextInt(a.length + 1);
        int length = random.nextInt(1 + Math.min(64, a.length - at));
        switch (random.nextInt(10)) {
            case 0, 1 -> {
                if (at < a.length) {
                    a[at] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 2 -> {
                if (at < a.length) {
                    a[at] = (byte) random.nextInt(256);
                }
            }
            case 3 -> {
                if (a.length - at >= 4) {
                    Bytes.putInt(a, at, (int) extreme(a));
                }
            }
            case 4 -> {
                if (a.length - at >= 8) {
                    Bytes.putLong(a, at, extreme(a));
                }
            }
            case 5 -> {
                return joined(Arrays.copyOf(a, at), Arrays.copyOfRange(a, at + length, a.length));
            }
            case 6 -> {
                return joined(Arrays.copyOf(a, at + length), Arrays.copyOfRange(a, at, a.length));
            }
            case 7 -> {
                int from = random.nextInt(other.length + 1);
                return joined(Arrays.copyOf(a, at),
                        Arrays.copyOfRange(other, from, other.length));
            }
            case 8 -> {
                byte[] more = new byte[random.nextInt(12)];
                Arrays.fill(more, (byte) (random.nextBoolean() ? -1 : random.nextInt(256)));
                return joined(joined(Arrays.copyOf(a, at), more),
                        Arrays.copyOfRange(a, at, a.length));
            }
            default -> Arrays.fill(a, at, at + length, (byte) (random.nextInt(3) - 1));
        }
        return a;
    }

    private long extreme(byte[] a) {
        return random.nextInt(3) == 0
                ? a.length - random.nextInt(20)
                : EXTREMES[random.nextInt(EXTREMES.length)] + random.nextInt(3) - 1;
    }

    private static byte[] joined(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, Math.min(BYTES_MAX, a.length + b.length));
        System.arraycopy(b, 0, both, a.length, both.length - a.length);
        return both;
    }
}
