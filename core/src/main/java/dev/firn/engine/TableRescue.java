package dev.firn.engine;

import dev.firn.Compression;
import dev.firn.KeyspaceOptions;
import dev.firn.RepairReport.Loss;
import dev.firn.dump.DumpWriter;
import dev.firn.dump.Printable;
import dev.firn.key.UserKey;
import dev.firn.manifest.TableMeta;
import dev.firn.sstable.BlockCodec;
import dev.firn.sstable.BufferPool;
import dev.firn.sstable.Codecs;
import dev.firn.sstable.ReadCounters;
import dev.firn.sstable.ReadScratch;
import dev.firn.sstable.TableIdentity;
import dev.firn.sstable.TableOwner;
import dev.firn.sstable.TableSalvage;
import dev.firn.sstable.TableWriter;
import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Writes what can be read and seen of a damaged table to a new one, which is begun with the first
/// entry. For one table, once.
final class TableRescue implements TableSalvage.Sink {
    private final TableBuilder builder;
    private final @Nullable TableOwner owner;
    private final @Nullable TableMeta meta;
    private final boolean tellsKeys;
    private final IntConsumer progress;
    private final BlockCodec codec = new Codecs().of(Compression.NONE);
    private final List<Loss> losses = new ArrayList<>();
    private @Nullable String before;
    private long number;
    private @Nullable TableWriter writer;
    private long read;

    /// What came of it.
    ///
    /// @param table what was written, or null when there was nothing to save
    /// @param read how many entries could be read, seen or not
    record Saved(@Nullable TableMeta table, long read, List<Loss> losses) {}

    /// @param owner the keyspace that is noted in the new table, or null
    /// @param meta tells which keys can be seen, or null for all
    /// @param tellsKeys whether losses are told by key
    /// @param progress hears of every piece that was read
    TableRescue(TableBuilder builder, @Nullable TableOwner owner, @Nullable TableMeta meta,
            boolean tellsKeys, IntConsumer progress) {
        this.builder = builder;
        this.owner = owner;
        this.meta = meta;
        this.tellsKeys = tellsKeys;
        this.progress = progress;
    }

    Saved run(ReadFile file, TableIdentity identity, BufferPool buffers) throws IOException {
        try (ReadScratch scratch = new ReadScratch(buffers, new ReadCounters())) {
            TableSalvage.run(file, identity, buffers, scratch, this);
            TableWriter done = writer;
            TableMeta table = done == null ? null : builder.meta(number, done.finish(), codec);
            return new Saved(table, read, losses);
        } catch (Throwable t) {
            TableWriter unfinished = writer;
            if (unfinished != null) {
                builder.abandon(number, unfinished);
            }
            throw t;
        }
    }

    @Override
    public void entry(MemorySegment key, long keyAt, int keyLength, long trailer,
            MemorySegment value, long valueAt, int valueLength) throws IOException {
        read++;
        byte[] bytes = key.asSlice(keyAt, keyLength).toArray(ValueLayout.JAVA_BYTE);
        if (meta != null && !isVisible(meta, bytes)) {
            return;
        }
        TableWriter to = writer;
        if (to == null) {
            number = builder.newNumber();
            to = builder.begin(number, KeyspaceOptions.defaults(), owner, codec);
            writer = to;
        }
        to.add(key, keyAt, keyLength, trailer, value, valueAt, valueLength);
    }

    static boolean isVisible(TableMeta meta, byte[] key) {
        return (meta.lower() == null || meta.lower().compareTo(key, 0, key.length) <= 0)
                && (meta.upper() == null || meta.upper().compareTo(key, 0, key.length) > 0);
    }

    @Override
    public void lost(CorruptException damage, @Nullable UserKey last) {
        before = last == null ? "the beginning" : Printable.text(last.bytes());
        losses.add(new Loss(damage.offset(), DumpWriter.words(damage),
                tellsKeys ? "between " + before + " and the end" : null));
    }

    @Override
    public void found(MemorySegment key, long keyAt, int keyLength) {
        if (tellsKeys && !losses.isEmpty()) {
            Loss open = losses.removeLast();
            losses.add(new Loss(open.offset(), open.what(), "between " + before + " and "
                    + Printable.text(key, keyAt, keyLength)));
        }
    }

    @Override
    public void checked(int length) {
        progress.accept(length);
    }
}
