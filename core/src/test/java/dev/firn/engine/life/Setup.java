package dev.firn.engine.life;

import dev.firn.CompactionShape;
import dev.firn.Compression;
import dev.firn.KeyspaceOptions;
import dev.firn.Options;
import dev.firn.engine.FileSizes;
import dev.firn.record.LogOptions;
import dev.firn.storage.SimulatedStorage.DirectoryOrder;
import java.util.Locale;
import java.util.Random;
import java.util.StringJoiner;

/// What a store is opened with in a script, in a line of text.
///
/// @param seed decides when background work happens
/// @param memtable bytes of all memtables
/// @param segment bytes of the first log segment, twice as many in others if the seed is odd; 0
///        for the usual
/// @param manifest bytes up to which a manifest is not replaced; 0 for the usual
/// @param order how names survive crashes
public record Setup(
        long seed,
        CompactionShape shape,
        Compression codec,
        int block,
        int bloom,
        int memtable,
        int segment,
        int manifest,
        int threads,
        DirectoryOrder order) {

    /// With files of the usual sizes.
    static Setup usual(long seed, Random random) {
        return new Setup(
                seed,
                CompactionShape.values()[(int) Math.floorMod(seed, 3L)],
                Compression.values()[random.nextInt(3)],
                1024 << random.nextInt(3),
                random.nextInt(3) * 5,
                64 << 10 + random.nextInt(3),
                0,
                0,
                1 + random.nextInt(2),
                random.nextBoolean() ? DirectoryOrder.PREFIX : DirectoryOrder.PER_NAME);
    }

    /// With small files, which turn over soon.
    static Setup small(long seed, Random random) {
        Setup usual = usual(seed, random);
        return new Setup(
                seed,
                usual.shape,
                usual.codec,
                usual.block,
                usual.bloom,
                64 << 10,
                1024 << random.nextInt(4),
                512 << random.nextInt(3),
                usual.threads,
                usual.order);
    }

    Options options() {
        return Options.defaults()
                .withMemtableBytes(memtable)
                .withLogBytesMax(segment == 0 ? 4L * memtable : 64 << 10)
                .withKeyspaceDefaults(keyspace(0));
    }

    /// Those of a keyspace that is created with a number; 0 for the usual.
    KeyspaceOptions keyspace(int variant) {
        return new KeyspaceOptions(
                CompactionShape.values()[(shape.ordinal() + variant) % 3],
                Compression.values()[(codec.ordinal() + variant / 3) % 3],
                block, bloom, 64L << 10);
    }

    FileSizes sizes() {
        return new FileSizes(
                segment == 0
                        ? LogOptions.DEFAULT
                        : new LogOptions(segment, (long) segment << (seed & 1), 2),
                manifest == 0 ? FileSizes.DEFAULT.manifestBytesMin() : manifest,
                manifest == 0 ? FileSizes.DEFAULT.manifestSnapshotsMax() : 2);
    }

    @Override
    public String toString() {
        return "setup seed=" + seed + " shape=" + lower(shape) + " codec=" + lower(codec)
                + " block=" + block + " bloom=" + bloom + " memtable=" + memtable
                + " segment=" + segment + " manifest=" + manifest + " threads=" + threads
                + " order=" + lower(order);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /// Reads the line that [#toString] writes.
    static Setup parse(String line) {
        String[] words = line.strip().split("\\s+");
        StringJoiner values = new StringJoiner(" ");
        for (int i = 1; i < words.length; i++) {
            values.add(words[i].substring(words[i].indexOf('=') + 1).toUpperCase(Locale.ROOT));
        }
        String[] all = values.toString().split(" ");
        if (!words[0].equals("setup") || all.length != 10) {
            throw new IllegalArgumentException("not the setup of a script: " + line);
        }
        return new Setup(
                Long.parseLong(all[0]),
                CompactionShape.valueOf(all[1]),
                Compression.valueOf(all[2]),
                Integer.parseInt(all[3]),
                Integer.parseInt(all[4]),
                Integer.parseInt(all[5]),
                Integer.parseInt(all[6]),
                Integer.parseInt(all[7]),
                Integer.parseInt(all[8]),
                DirectoryOrder.valueOf(all[9]));
    }
}
