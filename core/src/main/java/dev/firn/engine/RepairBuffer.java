package dev.firn.engine;

import dev.firn.key.Trailer;
import dev.firn.key.ValueKind;
import dev.firn.manifest.TableMeta;
import dev.firn.sstable.BlockCodec;
import dev.firn.sstable.TableWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Sorts what is read of a damaged log and writes it to tables, some megabytes at a time. One
/// thread.
final class RepairBuffer {
    private static final long BYTES_MAX = 16L << 20;

    private static final byte[] NO_VALUE = {};

    private final TableBuilder builder;
    private final BlockCodec codec;
    private final IntFunction<@Nullable RepairTarget> targets;
    private final Filter filter;
    private final Map<RepairTarget, TreeMap<Version, byte[]>> entries =
            new TreeMap<>(java.util.Comparator.comparingInt(target -> target.id));
    private final Map<RepairTarget, List<TableMeta>> written =
            new TreeMap<>(java.util.Comparator.comparingInt(target -> target.id));
    private long bytes;

    /// Keys ascending, the newest version of a key first.
    @SuppressWarnings("ArrayRecordComponent")
    private record Version(byte[] key, long trailer) implements Comparable<Version> {
        @Override
        public int compareTo(Version other) {
            int order = Arrays.compareUnsigned(key, other.key);
            return order != 0 ? order : Long.compareUnsigned(other.trailer, trailer);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Version that && compareTo(that) == 0;
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(key) + Long.hashCode(trailer);
        }
    }

    /// Says what is wanted.
    interface Filter {
        /// Whether an entry of a keyspace is wanted.
        boolean takes(RepairTarget target, byte[] key, long sequence);
    }

    /// @param targets the keyspace of an id, or null for one that is gone
    RepairBuffer(TableBuilder builder, BlockCodec codec,
            IntFunction<@Nullable RepairTarget> targets, Filter filter) {
        this.builder = builder;
        this.codec = codec;
        this.targets = targets;
        this.filter = filter;
    }

    /// Takes a batch, which has been decoded before.
    void add(MemorySegment payload, String file, long at) throws IOException {
        long last = BatchFormat.decode(payload, file, at, this::add);
        assert last >= 0;
        if (bytes >= BYTES_MAX) {
            write();
        }
    }

    private void add(int id, long trailer, MemorySegment memory, long keyAt, int keyLength,
            long valueAt, int valueLength) {
        RepairTarget target = targets.apply(id);
        if (target == null) {
            return;
        }
        byte[] key = memory.asSlice(keyAt, keyLength).toArray(ValueLayout.JAVA_BYTE);
        if (!filter.takes(target, key, Trailer.sequence(trailer))) {
            return;
        }
        byte[] value = (trailer & 0xff) == ValueKind.PUT.code()
                ? memory.asSlice(valueAt, valueLength).toArray(ValueLayout.JAVA_BYTE)
                : NO_VALUE;
        entries.computeIfAbsent(target, _ -> new TreeMap<>())
                .put(new Version(key, trailer), value);
        bytes += key.length + value.length + 64L;
    }

    private void write() throws IOException {
        for (Map.Entry<RepairTarget, TreeMap<Version, byte[]>> each : entries.entrySet()) {
            RepairTarget target = each.getKey();
            long number = builder.newNumber();
            TableWriter writer = builder.begin(number, target.options, target.owner(), codec);
            try {
                for (Map.Entry<Version, byte[]> entry : each.getValue().entrySet()) {
                    Version version = entry.getKey();
                    writer.add(MemorySegment.ofArray(version.key), 0, version.key.length,
                            version.trailer, MemorySegment.ofArray(entry.getValue()), 0,
                            entry.getValue().length);
                }
                written.computeIfAbsent(target, _ -> new ArrayList<>())
                        .add(builder.meta(number, writer.finish(), codec));
            } catch (Throwable t) {
                builder.abandon(number, writer);
                throw t;
            }
        }
        entries.clear();
        bytes = 0;
    }

    /// The tables that were written, the oldest first.
    Map<RepairTarget, List<TableMeta>> finish() throws IOException {
        write();
        written.forEach((target, tables) -> tables.forEach(
                table -> target.fromLog(table.entries())));
        return written;
    }
}
