package dev.firn.cursor;

import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;

/// Seeded entries in several styles of keys: those that collide, that are prefixes of each other,
/// that share long prefixes, that reach the ends of the order.
public final class RandomEntries {
    private static final int STYLES = 7;

    private final Random random;
    private final int style;
    private final int variety;

    public RandomEntries(Random random) {
        this.random = random;
        style = random.nextInt(STYLES);
        variety = 1 + random.nextInt(40);
    }

    /// A key, which repeats after a while.
    public byte[] key() {
        int n = random.nextInt(variety);
        String text =
                switch (style) {
                    case 0 -> "a".repeat(n % 12);
                    case 1 -> "twenty-bytes-prefix-" + n;
                    case 2 -> String.format("%016d", n * 7);
                    case 3 -> "\0".repeat(n % 4) + "\u00ff".repeat(n / 4);
                    // Later bytes fall where the first one rises: who overlooks that a prefix ended is misled.
                    case 5 -> (char) ('a' + n % 4) + ("" + (char) ('z' - n % 4)).repeat(15) + n;
                    case 4 -> "" + (char) n + (char) (n * 37 & 0xff);
                    default -> (n % 3 == 0 ? "twenty-bytes-prefix-" : "t") + n;
                };
        return Entry.bytes(text);
    }

    public Entry entry(long sequence) {
        if (random.nextInt(3) == 0) {
            return new Entry(key(), Trailer.of(sequence, ValueKind.DELETE), new byte[0]);
        }
        int length = random.nextInt(40) == 0 ? 5000 : random.nextInt(12);
        byte[] value = new byte[length];
        random.nextBytes(value);
        return new Entry(key(), Trailer.of(sequence, ValueKind.PUT), value);
    }

    /// Up to `count` entries with ascending sequences from `first` on.
    public NavigableSet<Entry> entries(int count, long first) {
        NavigableSet<Entry> entries = new TreeSet<>();
        int n = random.nextInt(count + 1);
        for (int i = 0; i < n; i++) {
            entries.add(entry(first + i));
        }
        return entries;
    }
}
