package dev.firn.manifest;

import dev.firn.CompactionShape;
import dev.firn.Compression;
import dev.firn.KeyspaceOptions;
import dev.firn.key.UserKey;
import dev.firn.manifest.Change.Flushed;
import dev.firn.manifest.Change.KeyspaceCreated;
import dev.firn.manifest.Change.KeyspaceDropped;
import dev.firn.manifest.Change.LastSequence;
import dev.firn.manifest.Change.LogRotated;
import dev.firn.manifest.Change.LogsFrom;
import dev.firn.manifest.Change.NextKeyspace;
import dev.firn.manifest.StoreModel.Placed;
import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableChange.TableRemoved;
import dev.firn.manifest.TableChange.TableTrimmed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Edits that fit a model, made of a seed: flushes, merges, moves, trims, keyspaces that come and
/// go.
final class RandomEdits {
    private final Random random;
    private final StoreModel model;
    private final LongSupplier numbers;
    private List<Change> changes = new ArrayList<>();
    private Set<Long> touched = new HashSet<>();
    private long sequence;

    /// @param numbers where the numbers of new files come from
    RandomEdits(Random random, StoreModel model, LongSupplier numbers) {
        this.random = random;
        this.model = model;
        this.numbers = numbers;
    }

    /// The next edit, of one to four parts. It is not applied to the model.
    VersionEdit next() {
        changes = new ArrayList<>();
        touched = new HashSet<>();
        sequence = model.sequence;
        List<Integer> keyspaces = new ArrayList<>(model.keyspaces.keySet());
        int nextKeyspace = model.nextKeyspace;
        for (int parts = 1 + random.nextInt(4); parts > 0; parts--) {
            Integer keyspace = keyspaces.isEmpty()
                    ? null
                    : keyspaces.get(random.nextInt(keyspaces.size()));
            switch (keyspace == null ? 0 : random.nextInt(16)) {
                case 0 -> {
                    changes.add(new KeyspaceCreated(nextKeyspace, "ks-" + nextKeyspace, options()));
                    nextKeyspace++;
                }
                case 1 -> {
                    if (random.nextInt(4) == 0) {
                        changes.add(new KeyspaceDropped(keyspace));
                        keyspaces.remove(keyspace);
                    }
                }
                case 2, 3, 4, 5 -> flush(keyspace);
                case 6, 7, 8 -> merge(keyspace);
                case 9 -> move(keyspace);
                case 10, 11 -> trim(keyspace);
                case 12 -> changes.add(new LastSequence(sequence += random.nextInt(100)));
                case 13, 14 -> logs();
                default -> changes.add(new NextKeyspace(nextKeyspace += random.nextInt(3)));
            }
        }
        // Of a keyspace that is dropped nothing else may be changed in the same edit.
        changes.removeIf(change -> switch (change) {
            case TableChange c -> !keyspaces.contains(c.keyspace());
            case Flushed c -> !keyspaces.contains(c.keyspace());
            default -> false;
        });
        return new VersionEdit(changes);
    }

    private void flush(int keyspace) {
        long file = numbers.getAsLong();
        add(keyspace, 0, file, file, keys(2));
        long flushed = model.keyspaces.get(keyspace).flushed;
        changes.removeIf(change -> change instanceof Flushed f && f.keyspace() == keyspace);
        changes.add(new Flushed(keyspace, Math.max(flushed, sequence)));
    }

    private void merge(int keyspace) {
        for (Placed placed : some(keyspace, 5)) {
            changes.add(
                    new TableRemoved(keyspace, placed.level(), placed.run(),
                            placed.table().file()));
        }
        int outputs = 1 + random.nextInt(4);
        long run = numbers.getAsLong();
        List<UserKey> keys = keys(2 * outputs);
        for (int i = 0; i + 1 < keys.size(); i += 2) {
            add(keyspace, 1 + random.nextInt(3), run, numbers.getAsLong(), keys.subList(i, i + 2));
        }
    }

    private void move(int keyspace) {
        for (Placed placed : some(keyspace, 1)) {
            changes.add(
                    new TableRemoved(keyspace, placed.level(), placed.run(),
                            placed.table().file()));
            changes.add(new TableAdded(keyspace, placed.level() + 1, numbers.getAsLong(),
                    placed.table()));
        }
    }

    private void trim(int keyspace) {
        for (Placed placed : some(keyspace, 2)) {
            TableMeta t = placed.table();
            UserKey lower = random.nextBoolean() ? key() : null;
            UserKey upper = random.nextBoolean() ? key() : null;
            if ((lower != null || upper != null) && isLess(t, lower, upper)) {
                changes.add(new TableTrimmed(keyspace, placed.level(), placed.run(), t.file(),
                        lower, upper));
            }
        }
    }

    private static boolean isLess(TableMeta t, @Nullable UserKey lower, @Nullable UserKey upper) {
        UserKey first = StoreModel.first(t);
        UserKey end = t.upper() == null ? t.largest() : t.upper();
        UserKey newFirst = lower == null ? first : lower;
        return newFirst.compareTo(first) >= 0 && (upper == null || upper.compareTo(end) <= 0)
                && (upper == null && t.upper() == null
                        ? newFirst.compareTo(end) <= 0
                        : newFirst.compareTo(upper == null ? end : upper) < 0);
    }

    private void logs() {
        if (model.logs.isEmpty() || random.nextBoolean()) {
            changes.add(new LogRotated(Math.max(numbers.getAsLong(), model.logsFrom),
                    random.nextLong(1L << 40)));
        } else if (changes.stream().noneMatch(change -> change instanceof LogsFrom)) {
            changes.add(new LogsFrom(model.logs.firstKey() + random.nextInt(2)));
        }
    }

    private void add(int keyspace, int level, long run, long file, List<UserKey> keys) {
        if (keys.size() < 2) {
            return;
        }
        long entries = random.nextInt(1 << random.nextInt(20));
        long from = sequence + random.nextInt(10);
        sequence = Math.max(sequence, from + random.nextInt(100));
        UserKey lower = random.nextInt(8) == 0 ? keys.getFirst() : null;
        changes.add(new TableAdded(keyspace, level, run,
                new TableMeta(file, random.nextLong(), random.nextLong(1L << 40),
                        random.nextLong(1L << 40), entries, entries / 3, keys.getFirst(),
                        keys.getLast(), lower, null, from, sequence,
                        random.nextLong(1L << 42), random.nextInt(3))));
    }

    /// Tables of a keyspace that this edit has not named yet.
    private List<Placed> some(int keyspace, int max) {
        List<Placed> some = new ArrayList<>(
                model.tables.stream().filter(placed -> placed.keyspace() == keyspace).toList());
        java.util.Collections.shuffle(some, random);
        return some.stream().limit(1 + random.nextInt(max))
                .filter(placed -> touched.add(placed.table().file())).toList();
    }

    /// Different keys in order, at most so many.
    private List<UserKey> keys(int count) {
        var keys = new TreeSet<UserKey>();
        for (int i = 0; i < count; i++) {
            keys.add(key());
        }
        return List.copyOf(keys);
    }

    /// Short keys over few letters, so that they meet, also as prefixes of each other.
    private UserKey key() {
        byte[] key = new byte[random.nextInt(6)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) "acx\u00e9".charAt(random.nextInt(4));
        }
        return UserKey.owning(key);
    }

    private KeyspaceOptions options() {
        return random.nextBoolean()
                ? KeyspaceOptions.defaults()
                : new KeyspaceOptions(
                        CompactionShape.values()[random.nextInt(CompactionShape.values().length)],
                        Compression.values()[random.nextInt(Compression.values().length)],
                        1024 + random.nextInt(60_000), random.nextInt(21),
                        (1L << 16) + random.nextInt(1 << 29));
    }
}
