package dev.firn.engine;

import dev.firn.compaction.VersionFilter;
import dev.firn.cursor.EntryCursor;
import dev.firn.key.Trailer;
import dev.firn.manifest.TableMeta;
import dev.firn.memtable.Memtable;
import dev.firn.sstable.BlockCodec;
import dev.firn.sstable.Coverage;
import dev.firn.sstable.TableWriter;
import java.io.IOException;

/// Writes the entries of one memtable to one table, leaving out versions that no reader can see any
/// more.
final class FlushOutput {
    private final TableBuilder builder;
    private final long number;
    private final TableWriter writer;
    private final BlockCodec codec;
    private final VersionFilter filter;
    private final long through;
    private long first;
    private long lastAddress;
    private long hidden;

    /// Begins the table.
    ///
    /// @param through what is written to the keyspace up to this sequence number is in the memtable
    ///     or in older tables
    /// @param snapshots the sequences that are read at, ascending
    FlushOutput(TableBuilder builder, StoreKeyspace keyspace, long through, long[] snapshots)
            throws IOException {
        this.builder = builder;
        this.number = builder.newNumber();
        this.codec = builder.codec(keyspace.persistedOptions(), false);
        this.writer = builder.begin(number, keyspace, codec);
        this.through = through;
        this.first = through;
        this.filter = new VersionFilter(snapshots, false);
    }

    /// Puts the cursor to the start.
    void begin(EntryCursor cursor) throws IOException {
        boolean any = cursor.seekToFirst();
        assert any : "an empty memtable is not written";
    }

    /// Writes some entries from where the cursor is.
    ///
    /// @return whether that were the last
    boolean write(EntryCursor cursor, int entries) throws IOException {
        for (int i = 0; i < entries; i++) {
            if (!isKeyOfLast(cursor)) {
                filter.nextKey();
            }
            long trailer = cursor.trailer();
            first = Math.min(first, Trailer.sequence(trailer));
            switch (filter.judge(trailer, true)) {
                case KEEP, KEEP_AS_ZERO, HOLD -> writer.add(cursor);
                case HIDDEN, SPENT -> hidden++;
            }
            if (!cursor.next()) {
                return true;
            }
        }
        return false;
    }

    /// Whether the cursor is at another version of the key it was at last: the memtable keeps one
    /// copy of a key for all its versions, so the place tells.
    private boolean isKeyOfLast(EntryCursor cursor) {
        long address = cursor.keyMemory().address() + cursor.keyOffset();
        boolean same = address == lastAddress;
        lastAddress = address;
        return same;
    }

    /// How many versions were left out.
    long hidden() {
        return hidden;
    }

    TableMeta finish() throws IOException {
        try {
            writer.flushed(through);
            writer.covers(new Coverage(first, through, null, null));
            return builder.meta(number, writer.finish(), codec);
        } catch (Throwable t) {
            abandon();
            throw t;
        }
    }

    void abandon() {
        builder.abandon(number, writer);
    }

    /// Writes a whole memtable, when nobody reads.
    ///
    /// @param through what is written to the keyspace up to this sequence number is in it or in
    ///     older tables
    static TableMeta write(TableBuilder builder, StoreKeyspace keyspace, long through,
            Memtable memtable) throws IOException {
        FlushOutput output = new FlushOutput(builder, keyspace, through, new long[0]);
        try (EntryCursor cursor = memtable.cursor()) {
            output.begin(cursor);
            boolean done = output.write(cursor, Integer.MAX_VALUE);
            assert done;
        } catch (Throwable t) {
            output.abandon();
            throw t;
        }
        return output.finish();
    }
}
