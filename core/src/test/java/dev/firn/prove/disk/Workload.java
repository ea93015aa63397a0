package dev.firn.prove.disk;

import dev.firn.CompactionShape;
import dev.firn.Compression;
import dev.firn.Durability;
import dev.firn.Firn;
import dev.firn.KeyspaceOptions;
import dev.firn.Options;
import dev.firn.prove.disk.Step.Action;
import dev.firn.prove.disk.Step.Write;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// An endless sequence of steps, each decided by the seed and its number alone. So a process can be told where to go
/// on, and another one knows what any part of the sequence has written.
///
/// @param seed decides everything
/// @param kind what the steps are like
public record Workload(long seed, Kind kind) {
    /// What steps are like.
    public enum Kind {
        /// Anything, and the store does not grow.
        MIXED,

        /// Writes and flushes only, and nothing is ever deleted.
        GROWING,

        /// `SYNC` writes only, and many segments of the log between two flushes.
        SYNCED
    }

    /// A key stays in the journal for so many steps. A process makes fewer between two checks.
    static final int JOURNAL_STEPS = 4_000;

    /// The keyspaces that are always there, one of each shape.
    static final List<String> FIXED = List.of("leveled", "tiered", "hybrid");

    /// Those that come and go.
    static final List<String> TOGGLED = List.of("loose0", "loose1");

    private static final int SLOTS = 300;

    /// Options with which a store flushes and compacts after little writing.
    Options options() {
        Options small = Options.defaults().withMemoryBytes(16L << 20);
        return kind == Kind.SYNCED
                ? small.withMemtableBytes(1L << 20).withLogBytesMax(192L << 10)
                : small.withMemtableBytes(64L << 10);
    }

    /// How a keyspace is created.
    static KeyspaceOptions options(String keyspace) {
        KeyspaceOptions small = KeyspaceOptions.defaults().withTableBytes(64L << 10)
                .withBlockBytes(1024);
        return switch (keyspace) {
            case "leveled" -> small.withShape(CompactionShape.LEVELED)
                    .withCompression(Compression.NONE);
            case "tiered" -> small.withShape(CompactionShape.TIERED);
            default -> small.withShape(CompactionShape.HYBRID);
        };
    }

    /// A number as eight bytes, whose order is that of the numbers.
    static byte[] number(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    Step step(long n) {
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + n);
        Action action = switch (kind) {
            case MIXED -> mixed(random.nextInt(1_000));
            case GROWING -> random.nextInt(100) == 0 ? Action.FLUSH : Action.WRITE;
            case SYNCED -> Action.WRITE;
        };
        String keyspace = switch (action) {
            case FLUSH_ONE, COMPACT_RANGE -> one(FIXED, random);
            case TOGGLE -> one(TOGGLED, random);
            default -> "";
        };
        if (action != Action.WRITE) {
            return new Step(n, action, Durability.SYNC, keyspace, List.of());
        }
        return new Step(n, action, durability(random), "", writes(n, random));
    }

    private static Action mixed(int dice) {
        Action[] actions = {Action.FLUSH, Action.FLUSH_ONE, Action.COMPACT, Action.COMPACT_RANGE,
            Action.SYNC, Action.TOGGLE, Action.SNAPSHOT, Action.REOPEN};
        int[] shares = {10, 8, 3, 5, 8, 12, 10, 3};
        int below = 0;
        for (int i = 0; i < actions.length; i++) {
            below += shares[i];
            if (dice < below) {
                return actions[i];
            }
        }
        return Action.WRITE;
    }

    private Durability durability(SplittableRandom random) {
        int dice = random.nextInt(100);
        int sync = 10;
        int none = 30;
        if (kind == Kind.SYNCED) {
            return Durability.SYNC;
        }
        if (kind == Kind.GROWING) {
            none = 0;
        } else {
            switch ((int) Math.floorMod(seed, 4)) {
                case 1 -> {
                    sync = 60;
                    none = 10;
                }
                case 2 -> {
                    sync = 2;
                    none = 0;
                }
                case 3 -> {
                    sync = 5;
                    none = 70;
                }
                default -> {
                    // As it is.
                }
            }
        }
        return dice < sync
                ? Durability.SYNC
                : dice < sync + none ? Durability.NONE : Durability.BUFFERED;
    }

    private List<Write> writes(long n, SplittableRandom random) {
        List<Write> writes = new ArrayList<>();
        writes.add(new Write(Firn.DEFAULT_KEYSPACE, number(n), number(n ^ seed)));
        if (kind == Kind.GROWING) {
            writes.add(new Write(one(FIXED, random), number(n), value(12_000, random)));
            return writes;
        }
        if (n >= JOURNAL_STEPS) {
            writes.add(new Write(Firn.DEFAULT_KEYSPACE, number(n - JOURNAL_STEPS), null));
        }
        for (int i = random.nextInt(4); i >= 0; i--) {
            String keyspace = random.nextInt(4) == 0 ? one(TOGGLED, random) : one(FIXED, random);
            byte[] key = ("key " + random.nextInt(SLOTS)).getBytes(StandardCharsets.US_ASCII);
            writes.add(new Write(keyspace, key,
                    random.nextInt(5) == 0 ? null : value(size(random), random)));
        }
        return writes;
    }

    private int size(SplittableRandom random) {
        if (kind == Kind.SYNCED) {
            return 2_000;
        }
        int dice = random.nextInt(1_000);
        if (dice == 0) {
            return 200_000; // Over the end of a segment now and then, in many fragments.
        }
        return dice < 10 ? 10_000 : 400;
    }

    private static byte[] value(int size, SplittableRandom random) {
        byte[] value = new byte[random.nextInt(size)];
        random.nextBytes(value);
        return value;
    }

    private static String one(List<String> names, SplittableRandom random) {
        return names.get(random.nextInt(names.size()));
    }
}
