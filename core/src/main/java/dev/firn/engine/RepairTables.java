package dev.firn.engine;

import dev.firn.RepairOptions;
import dev.firn.RepairReport.Loss;
import dev.firn.RepairReport.RepairedTable;
import dev.firn.VerifyReport.Damage;
import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.TableMeta;
import dev.firn.sstable.BufferPool;
import dev.firn.sstable.Codecs;
import dev.firn.sstable.ReadCounters;
import dev.firn.sstable.ReadScratch;
import dev.firn.sstable.Table;
import dev.firn.sstable.TableFacts;
import dev.firn.sstable.TableIdentity;
import dev.firn.sstable.TableOwner;
import dev.firn.sstable.TableSalvage;
import dev.firn.sstable.VerifyListener;
import dev.firn.storage.CorruptException;
import dev.firn.storage.Failures;
import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Looks at the tables of a store that is repaired, and has what can be read of damaged ones
/// written to new tables. It changes no file that was there. One thread.
final class RepairTables {
    private final Storage storage;
    private final long storeId;
    private final SharedResources resources;
    private final TableBuilder builder;
    private final RepairOptions options;
    private final LongConsumer progress;
    private final Codecs codecs = new Codecs();
    private final RepairNames names;
    final List<Damage> damages = new ArrayList<>();
    final List<RepairedTable> repaired = new ArrayList<>();
    private long bytes;

    RepairTables(Storage storage, long storeId, SharedResources resources, TableBuilder builder,
            RepairOptions options, LongConsumer progress) {
        this.storage = storage;
        this.storeId = storeId;
        this.resources = resources;
        this.builder = builder;
        this.options = options;
        this.progress = progress;
        names = new RepairNames(storeId);
    }

    BufferPool buffers() {
        return new BufferPool(resources.pool(), 1 << 20);
    }

    /// Finds out which tables some files are.
    RepairNames identify(List<Storage.FileInfo> files) throws IOException {
        try (BufferPool buffers = buffers()) {
            names.read(storage, files, buffers);
        }
        return names;
    }

    // Tables that the manifest names

    /// What became of a table that the manifest names.
    ///
    /// @param from the file it was saved from, or would have been
    /// @param table the table as it is or as it was saved, null when nothing of it is left
    /// @param isWhole whether it is as it was
    /// @param lost how many entries are gone
    record Found(TableMeta meta, String from, @Nullable TableMeta table, boolean isWhole,
            long lost, List<Loss> losses) {
        /// The same, when all that was lost is in the log.
        Found withoutLoss() {
            return new Found(meta, from, table, isWhole, 0, losses);
        }

        /// The same, with another table.
        Found with(@Nullable TableMeta other) {
            return new Found(meta, from, other, isWhole, lost, losses);
        }
    }

    /// Looks at a table that the manifest names.
    Found examine(RepairTarget target, TableMeta meta) throws IOException {
        String name = meta.fileName();
        TableIdentity identity = new TableIdentity(storeId, meta.tableId());
        TableIdentity found = names.identity(name);
        if (identity.equals(found) && isWhole(name, identity, meta)) {
            return new Found(meta, name, meta, true, 0, List.of());
        }
        String from = source(name, identity, found, meta);
        if (from == null) {
            return new Found(meta, name, null, false, meta.entries(), List.of());
        }
        TableRescue.Saved saved = rescue(from, identity, meta, target.owner());
        return new Found(meta, from, saved.table(), false,
                Math.max(0, meta.entries() - saved.read()), saved.losses());
    }

    /// Notes what became of a table in the report.
    void note(RepairTarget target, Found found) throws IOException {
        TableMeta table = found.table;
        if (found.isWhole) {
            target.kept(found.meta.entries());
            return;
        }
        long entries = table == null ? 0 : table.entries();
        target.saved(entries);
        target.lost(found.lost);
        repaired.add(new RepairedTable(found.from, target.name,
                table == null ? null : table.fileName(), entries, found.lost,
                storage.exists(found.from) ? found.meta.fileBytes() : 0,
                found.meta.smallestSequence(), found.meta.largestSequence(), found.losses));
    }

    /// The file to save a table from, or null.
    private @Nullable String source(String name, TableIdentity identity,
            @Nullable TableIdentity found, TableMeta meta) throws IOException {
        if (identity.equals(found)) {
            return name;
        }
        String other = names.firstOf(identity);
        if (other != null) {
            damages.add(new Damage(name, -1,
                    "this table is not under its own name, but under " + other));
            return other;
        }
        if (!storage.exists(name)) {
            damages.add(new Damage(name, -1,
                    Failures.absent(storage, name, StoreFiles.MISSING_TABLE)));
            return null;
        }
        if (found != null) {
            damages.add(new Damage(name, -1, found.storeId() == storeId
                    ? "another table of the store lies under this name"
                    : "a table of another store lies under this name"));
            return null;
        }
        names.requireKnown(name);
        // Its footer is damaged.
        isWhole(name, identity, meta);
        return name;
    }

    static boolean isAsRecorded(TableMeta meta, TableFacts facts) {
        return facts.fileBytes() == meta.fileBytes() && facts.entries() == meta.entries()
                && facts.tombstones() == meta.tombstones()
                && facts.smallest().equals(meta.smallest())
                && facts.largest().equals(meta.largest());
    }

    // Tables that only tell themselves whose they are

    /// A table that may become part of a keyspace whose manifest is lost.
    ///
    /// @param name the file of the store as it was
    /// @param facts what it tells of itself, or null
    /// @param owner the keyspace that it names, or null
    /// @param hint what an older state says about it, or null
    record Source(String name, TableIdentity identity, long bytes, @Nullable TableFacts facts,
            @Nullable TableOwner owner, @Nullable TableMeta hint, boolean isWhole) {
        /// The number of the file of the store as it was.
        long number() {
            return RepairNames.number(name);
        }

        /// Which table it is, whatever its name.
        long tableId() {
            return identity.tableId();
        }

        /// The same as a rank in age; a table under a wrong name has none, it counts as the newest.
        long rank() {
            return RepairNames.isOwn(name, identity) ? number() : Long.MAX_VALUE;
        }

        /// What a manifest would record of it, when it is whole.
        TableMeta meta() {
            TableFacts all = java.util.Objects.requireNonNull(facts, "facts");
            return new TableMeta(number(), identity.tableId(), all.fileBytes(),
                    all.rawKeyBytes() + all.rawValueBytes(), all.entries(), all.tombstones(),
                    all.smallest(), all.largest(), hint == null ? null : hint.lower(),
                    hint == null ? null : hint.upper(), all.sequenceMin(), all.sequenceMax(),
                    all.createdMillis(), 0);
        }
    }

    /// Looks at a table that no manifest attributes for sure.
    ///
    /// @param hints what an older state says about tables, by their id
    /// @return the table, or null when it is none of this store
    @Nullable
    Source look(String name, long size, Map<Long, TableMeta> hints) throws IOException {
        names.requireKnown(name);
        TableIdentity identity = names.identity(name);
        if (identity == null) {
            identity = TableIdentity.of(storeId, RepairNames.number(name));
        } else if (identity.storeId() != storeId) {
            damages.add(new Damage(name, -1, "this is a table of another store; it is left out"));
            return null;
        } else if (!name.equals(names.firstOf(identity))) {
            damages.add(new Damage(name, -1, "this is a second copy of " + names.firstOf(identity)
                    + "; it is left out"));
            return null;
        }
        TableMeta hint = hints.get(identity.tableId());
        boolean isWhole = isWhole(name, identity, null);
        try (BufferPool buffers = buffers();
                ReadScratch scratch = new ReadScratch(buffers, new ReadCounters())) {
            if (isWhole) {
                try (Table table = open(name, identity, scratch)) {
                    TableFacts facts = table.facts();
                    return new Source(name, identity, size, facts, facts.owner(), hint, true);
                }
            }
            try (ReadFile file = storage.open(name)) {
                TableSalvage.Told told = TableSalvage.told(file, identity, buffers, scratch);
                return new Source(name, identity, size, told.facts(), told.owner(), hint, false);
            }
        }
    }

    /// Saves what can be read of a damaged table, and notes it in the report, all but where: what
    /// is saved is merged with the other tables.
    ///
    /// @return how many entries are lost, -1 when nobody knows, and the new table
    Rescued rescue(Source source) throws IOException {
        TableRescue.Saved saved =
                rescue(source.name, source.identity, source.hint, source.owner);
        TableFacts facts = source.facts;
        TableMeta table = saved.table();
        long lost = facts == null ? -1 : Math.max(0, facts.entries() - saved.read());
        TableOwner owner = source.owner;
        String keyspace = owner != null && KeyspaceState.isName(owner.name())
                ? owner.name()
                : "unknown";
        repaired.add(new RepairedTable(source.name, keyspace, null,
                table == null ? 0 : table.entries(), lost, source.bytes,
                facts == null ? -1 : facts.sequenceMin(),
                facts == null ? -1 : facts.sequenceMax(), saved.losses()));
        return new Rescued(table, lost);
    }

    /// What was saved of a table.
    ///
    /// @param table a new table, or null when nothing of it is left
    /// @param lost how many entries are gone, -1 when nobody knows
    record Rescued(@Nullable TableMeta table, long lost) {}

    // Files

    private boolean isWhole(String name, TableIdentity identity, @Nullable TableMeta meta)
            throws IOException {
        int before = damages.size();
        try (BufferPool buffers = buffers();
                ReadScratch scratch = new ReadScratch(buffers, new ReadCounters());
                Table table = open(name, identity, scratch)) {
            if (meta != null && !isAsRecorded(meta, table.facts())) {
                damages.add(new Damage(name, -1,
                        StoreFiles.OTHER_TABLE));
            }
            table.verify(new VerifyListener() {
                @Override
                public void damaged(CorruptException damage) {
                    damages.add(Verifier.damage(damage));
                }

                @Override
                public void checked(long offset, int length) {
                    read(length);
                }
            }, buffers);
        } catch (CorruptException e) {
            damages.add(Verifier.damage(e));
        } catch (FileSystemException e) {
            damages.add(Verifier.unopened(e));
        }
        return damages.size() == before;
    }

    private TableRescue.Saved rescue(String from, TableIdentity identity,
            @Nullable TableMeta meta, @Nullable TableOwner owner) throws IOException {
        try (BufferPool buffers = buffers(); ReadFile file = storage.open(from)) {
            return new TableRescue(builder, owner, meta, options.keys(), this::read)
                    .run(file, identity, buffers);
        }
    }

    private void read(int length) {
        bytes += length;
        progress.accept(bytes);
    }

    private Table open(String name, TableIdentity identity, ReadScratch scratch)
            throws IOException {
        return Table.open(storage.open(name), identity, codecs, resources.cache(),
                resources.pool(), scratch);
    }

    /// Opens a whole table of the store.
    Table open(TableMeta meta, ReadScratch scratch) throws IOException {
        return open(meta.fileName(), new TableIdentity(storeId, meta.tableId()), scratch);
    }
}
