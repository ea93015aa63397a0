package dev.firn.engine;

import dev.firn.KeyspaceOptions;
import dev.firn.manifest.StoreFile;
import dev.firn.manifest.TableMeta;
import dev.firn.sstable.BlockCodec;
import dev.firn.sstable.Codecs;
import dev.firn.sstable.TableFacts;
import dev.firn.sstable.TableIdentity;
import dev.firn.sstable.TableOwner;
import dev.firn.sstable.TableSettings;
import dev.firn.sstable.TableWriter;
import dev.firn.storage.Storage;
import dev.firn.storage.WriteFile;
import dev.firn.util.MemoryBudget;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Begins new table files and tells the manifest's view of finished ones.
final class TableBuilder {
    private final Storage storage;
    private final long storeId;
    private final Codecs codecs;
    private final MemoryBudget budget;
    private final LongSupplier numbers;
    private final Scheduler clock;
    private final Health health;

    TableBuilder(
            Storage storage,
            long storeId,
            Codecs codecs,
            MemoryBudget budget,
            LongSupplier numbers,
            Scheduler clock,
            Health health) {
        this.storage = storage;
        this.storeId = storeId;
        this.codecs = codecs;
        this.budget = budget;
        this.numbers = numbers;
        this.clock = clock;
        this.health = health;
    }

    /// Makes the names of new tables durable. A failure is final: a second try may succeed for a
    /// name that is gone (P6).
    void syncNames() throws IOException {
        try {
            storage.syncDirectory();
        } catch (Throwable t) {
            health.poison(t);
            throw t;
        }
    }

    /// A number for a new table.
    long newNumber() {
        return numbers.getAsLong();
    }

    /// The codec of a level: what is rewritten soon is not compressed.
    BlockCodec codec(KeyspaceOptions options, boolean lasting) {
        return lasting ? codecs.of(options.compression()) : codecs.of(dev.firn.Compression.NONE);
    }

    /// Begins the table of a number for a keyspace.
    TableWriter begin(long number, StoreKeyspace keyspace, BlockCodec codec) throws IOException {
        return begin(number, keyspace.persistedOptions(),
                new TableOwner(keyspace.id(), keyspace.name()), codec);
    }

    /// Begins the table of a number.
    TableWriter begin(long number, KeyspaceOptions options, @Nullable TableOwner owner,
            BlockCodec codec) throws IOException {
        WriteFile file = storage.create(StoreFile.table(number).name());
        try {
            return new TableWriter(
                    file,
                    TableIdentity.of(storeId, number),
                    TableSettings.of(options, codec, owner),
                    clock.currentTimeMillis(),
                    budget);
        } catch (Throwable t) {
            file.close();
            delete(number);
            throw t;
        }
    }

    /// What the manifest records of a finished table.
    TableMeta meta(long number, TableFacts facts, BlockCodec codec) {
        return new TableMeta(
                number,
                TableIdentity.of(storeId, number).tableId(),
                facts.fileBytes(),
                facts.rawKeyBytes() + facts.rawValueBytes(),
                facts.entries(),
                facts.tombstones(),
                facts.smallest(),
                facts.largest(),
                null,
                null,
                facts.sequenceMin(),
                facts.sequenceMax(),
                facts.createdMillis(),
                codec.id() & 0xff);
    }

    /// Gives a table up and deletes what there is of it.
    void abandon(long number, TableWriter writer) {
        try {
            writer.abandon();
        } catch (Throwable e) {
            warn(number, e);
        }
        delete(number);
    }

    /// Deletes a table that no edit names. A failure leaves an orphan for the next open.
    void delete(long number) {
        try {
            storage.delete(StoreFile.table(number).name());
        } catch (NoSuchFileException e) {
            // It was never made.
            assert number > 0;
        } catch (Throwable e) {
            warn(number, e);
        }
    }

    private static void warn(long number, Throwable e) {
        System.getLogger("dev.firn")
                .log(System.Logger.Level.WARNING, "an unfinished table {0} stays: {1}", number, e);
    }
}
