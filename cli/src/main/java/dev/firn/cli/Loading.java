package dev.firn.cli;

import dev.firn.Entry;
import dev.firn.Firn;
import dev.firn.FirnException;
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
/// Whatever ends it names the line of the input, and how many entries the store had acknowledged
/// before: those are in the store, the others are not.
public final class Loading {
    private static final int BATCH_ENTRIES = 1_000;
    private static final long BATCH_BYTES = 1 << 20;
    private static final int REPORTED_MAX = 10;

    private final Firn store;
    private final Keyspace keyspace;
    private final WriteBatch batch = WriteBatch.create();
    private @Nullable Consumer<String> skipping;
    private String advice = "";
    private LongConsumer progress = entries -> {};
    private String source = "";
    private long batchLine;
    private long batchBytes;
    private long entries;
    private long bytes;
    private long skipped;

    /// A loading into a keyspace of a store.
    public Loading(Firn store, Keyspace keyspace) {
        this.store = store;
        this.keyspace = keyspace;
    }

    /// Goes on behind bad lines; the first ones are reported.
    public Loading skipping(Consumer<String> report) {
        skipping = report;
        return this;
    }

    /// What to add to the message when a bad line ends it.
    public Loading advising(String atBadLines) {
        advice = "; " + atBadLines;
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
    /// @throws CommandFailure at a bad line that is not to be skipped, and when the store takes no
    ///     more, for want of space for one
    public void load(String name, EntryReader reader) throws IOException {
        source = name;
        while (true) {
            try {
                Entry entry = reader.next();
                if (entry == null) {
                    write();
                    return;
                }
                add(entry, reader.line());
            } catch (MalformedEntryException e) {
                bad(e.line(), String.valueOf(e.getMessage()));
            } catch (OutOfMemoryError e) {
                throw ended(reader.line(), CommandRun.OUT_OF_MEMORY);
            }
        }
    }

    private void add(Entry entry, long line) {
        long size = (long) entry.key().length + entry.value().length;
        if (size >= BATCH_BYTES) {
            // By itself, so that it is known which one is too large, and not copied into a batch.
            write();
            writeLarge(entry, size, line);
            return;
        }
        if (batch.size() == 0) {
            batchLine = line;
        }
        batch.put(keyspace, entry.key(), entry.value());
        batchBytes += size;
        if (batch.size() >= BATCH_ENTRIES || batch.bytes() >= BATCH_BYTES) {
            write();
        }
    }

    private void write() {
        if (batch.size() > 0) {
            try {
                store.write(batch);
            } catch (FirnException e) {
                throw ended(batchLine, CommandRun.describe(e));
            }
            written(batch.size(), batchBytes);
            batch.clear();
            batchBytes = 0;
        }
    }

    private void writeLarge(Entry entry, long size, long line) {
        try {
            keyspace.put(entry.key(), entry.value());
        } catch (FirnException e) {
            long budget = store.statistics().memory().limit();
            if (e.kind() == FirnException.Kind.OUT_OF_MEMORY && size > budget / 4) {
                bad(line, "the entry has " + Figures.bytes(size)
                        + ", which does not fit the memory budget of " + Figures.bytes(budget)
                        + "; --memory " + ((size >> 20) * 3 / 2 + 16) + "m has room for it");
                return;
            }
            throw ended(line, CommandRun.describe(e));
        }
        written(1, size);
    }

    private void written(long more, long moreBytes) {
        entries += more;
        bytes += moreBytes;
        progress.accept(entries);
    }

    private void bad(long line, String what) {
        if (skipping == null) {
            write();
            throw new CommandFailure(ended(line, what).getMessage() + advice);
        }
        skipped++;
        if (skipped <= REPORTED_MAX) {
            skipping.accept(at(line) + what);
        } else if (skipped == REPORTED_MAX + 1) {
            skipping.accept("further bad lines are only counted");
        }
    }

    private CommandFailure ended(long line, String what) {
        return new CommandFailure(
                at(line) + what + "; loaded " + Figures.count(entries, "entry") + " before it");
    }

    private String at(long line) {
        return source + ":" + (line > 0 ? line + ":" : "") + " ";
    }

    /// Entries written.
    public long entries() {
        return entries;
    }

    /// Bytes of their keys and values.
    public long bytes() {
        return bytes;
    }

    /// Bad lines passed over.
    public long skipped() {
        return skipped;
    }
}
