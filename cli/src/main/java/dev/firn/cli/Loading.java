package dev.firn.cli;

import dev.firn.Entry;
import dev.firn.Firn;
import dev.firn.Keyspace;
import dev.firn.WriteBatch;
import dev.firn.cli.draw.Figures;
import dev.firn.cli.text.EntryReader;
import dev.firn.cli.text.MalformedEntryException;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Writes entries that are read one after the other into a keyspace, some thousand in a batch.
///
/// What stands before a malformed line is loaded when the line is reported.
public final class Loading {
    private static final int BATCH_ENTRIES = 1_000;
    private static final long BATCH_BYTES = 1 << 20;
    private static final int REPORTED_MAX = 10;

    private final Firn store;
    private final Keyspace keyspace;
    private final WriteBatch batch = WriteBatch.create();
    private @Nullable Consumer<String> skipping;
    private LongConsumer progress = entries -> {};
    private long entries;
    private long bytes;
    private long skipped;

    /// A loading into a keyspace of a store.
    public Loading(Firn store, Keyspace keyspace) {
        this.store = store;
        this.keyspace = keyspace;
    }

    /// Goes on behind malformed lines; the first ones are reported.
    public Loading skipping(Consumer<String> report) {
        skipping = report;
        return this;
    }

    /// Tells of each batch.
    public Loading reporting(LongConsumer batches) {
        progress = batches;
        return this;
    }

    /// Loads all there is. May be called for several readers.
    ///
    /// @param name what messages call the source
    /// @throws CommandFailure at a malformed line that is not to be skipped
    public void load(String name, EntryReader reader) throws IOException {
        while (true) {
            try {
                Entry entry = reader.next();
                if (entry == null) {
                    write();
                    return;
                }
                add(entry);
            } catch (MalformedEntryException e) {
                malformed(name + ":" + (e.line() > 0 ? e.line() + ":" : "") + " " + e.getMessage());
            }
        }
    }

    private void add(Entry entry) {
        batch.put(keyspace, entry.key(), entry.value());
        entries++;
        bytes += entry.key().length + entry.value().length;
        if (batch.size() >= BATCH_ENTRIES || batch.bytes() >= BATCH_BYTES) {
            write();
        }
    }

    private void write() {
        if (batch.size() > 0) {
            store.write(batch);
            batch.clear();
            progress.accept(entries);
        }
    }

    private void malformed(String message) {
        if (skipping == null) {
            write();
            throw new CommandFailure(
                    message + "; loaded " + Figures.count(entries, "entry") + " before it");
        }
        skipped++;
        if (skipped <= REPORTED_MAX) {
            skipping.accept(message);
        } else if (skipped == REPORTED_MAX + 1) {
            skipping.accept("further bad lines are only counted");
        }
    }

    /// Entries written.
    public long entries() {
        return entries;
    }

    /// Bytes of their keys and values.
    public long bytes() {
        return bytes;
    }

    /// Malformed lines passed over.
    public long skipped() {
        return skipped;
    }
}
