package dev.firn.engine.life;

import java.util.Arrays;

/// One write of a script: what becomes of a key.
///
/// @param space the number of a keyspace, see [Life]
/// @param key stands for a key of some shape
/// @param size of the value; negative to delete
/// @param fill decides the value's bytes
public record Edit(int space, int key, int size, int fill) {
    /// Deletes have no value to be filled.
    public Edit {
        fill = size < 0 ? 0 : fill;
    }

    static final int DELETE = -1;

    boolean deletes() {
        return size < 0;
    }

    byte[] keyBytes() {
        return keyBytes(key);
    }

    /// Keys that are empty, short, long, have a long prefix in common, or are numbers.
    static byte[] keyBytes(int n) {
        return switch (n % 7) {
            case 0 -> ("a" + "a".repeat(n % 50)).getBytes();
            case 1 -> new byte[n % 5];
            case 2 -> ("common/prefix/of/twenty/" + n).getBytes();
            case 3 -> new byte[]{(byte) n, (byte) (n >> 8), (byte) 0xff};
            default -> Integer.toString(n).getBytes();
        };
    }

    /// Random bytes; every second value can be compressed.
    byte[] valueBytes() {
        byte[] value = new byte[size];
        long state = fill * 0x9E3779B97F4A7C15L + size;
        int random = (fill & 1) == 0 ? size : size / 3;
        for (int i = 0; i < random; i++) {
            if ((i & 7) == 0) {
                state = (state ^ state >>> 29) * 0xBF58476D1CE4E5B9L + 0x632BE59BD9B4E019L;
            }
            value[i] = (byte) (state >>> 8 * (i & 7));
        }
        Arrays.fill(value, random, size, (byte) 'x');
        return value;
    }

    @Override
    public String toString() {
        return space + ":" + key + (deletes() ? "-" : "=" + size + "x" + fill);
    }

    static Edit parse(String text) {
        String[] parts = text.split("[:=x-]");
        return new Edit(
                Integer.parseInt(parts[0]),
                Integer.parseInt(parts[1]),
                text.endsWith("-") ? DELETE : Integer.parseInt(parts[2]),
                text.endsWith("-") ? 0 : Integer.parseInt(parts[3]));
    }
}
