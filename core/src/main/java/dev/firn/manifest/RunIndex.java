package dev.firn.manifest;

import dev.firn.util.Bytes;
import java.util.Arrays;

/// The ends of a run's tables, laid side by side for searching.
///
/// Comparing table by table costs three dependent loads a step (table, key, bytes). Here a step
/// compares two words of one array; whole keys are compared only among ends with equal words. The
/// words begin behind the prefix that all ends share, so that keys with long common beginnings do
/// not all have the same one. Immutable, all fields final: it may be published through a data race.
final class RunIndex {
    private final TableMeta[] tables;
    private final byte[] prefix;
    private final long[] words;

    RunIndex(TableMeta[] tables) {
        this.tables = tables;
        byte[] first = tables[0].end().bytes();
        byte[] last = tables[tables.length - 1].end().bytes();
        // They are sorted, so what the outermost share, all share.
        int different = Arrays.mismatch(first, last);
        prefix = different < 0 ? first : Arrays.copyOf(first, different);
        words = new long[tables.length];
        for (int i = 0; i < words.length; i++) {
            byte[] end = tables[i].end().bytes();
            words[i] = Bytes.word(end, prefix.length, end.length - prefix.length) ^ Long.MIN_VALUE;
        }
    }

    /// See [Run#seek].
    int seek(byte[] key, int at, int length) {
        int shared = Math.min(length, prefix.length);
        int order = Arrays.compareUnsigned(key, at, at + shared, prefix, 0, shared);
        if (order != 0) {
            return order < 0 ? 0 : words.length;
        }
        if (length < prefix.length) {
            return 0;
        }
        int used = prefix.length;
        long word = Bytes.word(key, at + used, length - used) ^ Long.MIN_VALUE;
        int from = firstAtLeast(word);
        int to = from < words.length && words[from] == word ? firstAbove(word, from) : from;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (tables[middle].isBefore(key, at, length)) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    private int firstAtLeast(long word) {
        int base = 0;
        int left = words.length;
        while (left > 0) {
            int half = left >>> 1;
            boolean less = words[base + half] < word;
            base = less ? base + half + 1 : base;
            left = less ? left - half - 1 : half;
        }
        return base;
    }

    private int firstAbove(long word, int from) {
        int base = from;
        int left = words.length - from;
        while (left > 0) {
            int half = left >>> 1;
            boolean notAbove = words[base + half] <= word;
            base = notAbove ? base + half + 1 : base;
            left = notAbove ? left - half - 1 : half;
        }
        return base;
    }
}
