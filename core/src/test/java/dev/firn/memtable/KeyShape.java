package dev.firn.memtable;

import java.util.Arrays;
import java.util.Random;

/// Families of keys that are hard on a radix tree, each in its own way.
enum KeyShape {
    /// Up to five bytes of four values, the empty key among them: most keys are prefixes of others.
    PREFIXES(1) {
        @Override
        byte[] next(Random random) {
            byte[] key = new byte[random.nextInt(6)];
            for (int i = 0; i < key.length; i++) {
                key[i] = new byte[]{0, 1, 'a', -1}[random.nextInt(4)];
            }
            return key;
        }
    },
    /// a, aa, aaa and so on: one node for every byte.
    CHAIN(1) {
        @Override
        byte[] next(Random random) {
            byte[] key = new byte[random.nextInt(300)];
            Arrays.fill(key, (byte) 'a');
            if (key.length > 0 && random.nextInt(4) == 0) {
                key[key.length - 1] = (byte) random.nextInt(256);
            }
            return key;
        }
    },
    /// Nodes of every size up to all 256 children.
    WIDE(4) {
        @Override
        byte[] next(Random random) {
            byte[] key = new byte[1 + random.nextInt(2)];
            random.nextBytes(key);
            if (key.length == 2) {
                key[0] = (byte) (random.nextInt(3) * 100);
            }
            return key;
        }
    },
    /// Random bytes of eight to sixteen.
    RANDOM(2) {
        @Override
        byte[] next(Random random) {
            byte[] key = new byte[8 + random.nextInt(9)];
            random.nextBytes(key);
            return key;
        }
    },
    /// Sixteen digits, few of them different.
    DECIMAL(2) {
        @Override
        byte[] next(Random random) {
            byte[] key = new byte[16];
            Arrays.fill(key, (byte) '0');
            for (int i = 0; i < 5; i++) {
                key[random.nextInt(16)] = (byte) ('0' + random.nextInt(10));
            }
            return key;
        }
    },
    /// 10 KiB in common, and keys that end or part somewhere within.
    SHARED(1) {
        @Override
        byte[] next(Random random) {
            return bent(random, 10 << 10, 4);
        }
    },
    /// Up to the longest key there is.
    LONGEST(1) {
        @Override
        byte[] next(Random random) {
            return bent(random, Memtable.KEY_BYTES_MAX - 2, 3);
        }
    };

    /// How many times more keys than usual it takes to be hard.
    final int scale;

    KeyShape(int scale) {
        this.scale = scale;
    }

    abstract byte[] next(Random random);

    private static byte[] bent(Random random, int common, int more) {
        int length =
                random.nextInt(8) == 0 ? random.nextInt(common) : common + random.nextInt(more);
        byte[] key = new byte[length];
        for (int i = 0; i < length; i++) {
            key[i] = (byte) (i * 31);
        }
        int bends = random.nextInt(3);
        for (int i = 0; i < bends && length > 0; i++) {
            key[Math.max(0, length - 1 - random.nextInt(i == 0 ? 3 : length))] ^=
                    (byte) (1 << random.nextInt(8));
        }
        return key;
    }
}
