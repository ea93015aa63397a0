package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.RepairOptions;
import dev.firn.RepairReport.Loss;
import dev.firn.RepairReport.RepairedTable;
import dev.firn.VerifyReport.Damage;
import dev.firn.dump.Printable;
import dev.firn.key.UserKey;
import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.StoreFile;
import dev.firn.manifest.TableMeta;
import dev.firn.sstable.BlockCodec;
import dev.firn.sstable.BufferPool;
import dev.firn.sstable.Codecs;
import dev.firn.sstable.ReadCounters;
import dev.firn.sstable.ReadScratch;
import dev.firn.sstable.Table;
import dev.firn.sstable.TableFacts;
import dev.firn.sstable.TableIdentity;
import dev.firn.sstable.TableOwner;
import dev.firn.sstable.TableSalvage;
import dev.firn.sstable.TableWriter;
import dev.firn.storage.CorruptException;
import dev.firn.storage.Failures;
import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Looks at the tables of a store that is repaired, and writes what can be read of damaged ones to
/// new tables. It changes no file that was there. One thread.
final class RepairTables {
    private final Storage storage;
    private final long storeId;
    private final SharedResources resources;
    private final TableBuilder builder;
    private final RepairOptions options;
    private final LongConsumer progress;
    private final Codecs codecs = new Codecs();
    private final Map<TableIdentity, List<String>> byIdentity = new HashMap<>();
    private final Map<String, TableIdentity> identities = new HashMap<>();
    /// Those that a newer Firn wrote.
    private final Map<String, FirnException> newer = new HashMap<>();
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
    }

    /// What a salvage gave.
    ///
    /// @param table what was written, or null when there was nothing to save
    /// @param facts what the table said of itself, or null
    private record Saved(@Nullable TableMeta table, @Nullable TableFacts facts,
            @Nullable TableOwner owner, long read, List<Loss> losses) {}

    /// A table that may become part of a keyspace whose manifest is lost.
    ///
    /// @param name the file of the store as it was
    /// @param table a whole table: that file or a new one; null when nothing of it is left
    /// @param owner the keyspace that it names, or null
    /// @param isOriginal whether the table is that file
    /// @param lost how many entries are gone, -1 when nobody knows
    record Source(String name, @Nullable TableMeta table, @Nullable TableOwner owner,
            boolean isOriginal, long lost) {
        /// The number of the file of the store as it was.
        long number() {
            return RepairTables.number(name);
        }
    }

    BufferPool buffers() {
        return new BufferPool(resources.pool(), 1 << 20);
    }

    /// Reads the footer of every table in the directory: names can be wrong, footers say what a
    /// file is.
    void identify(List<Storage.FileInfo> files) throws IOException {
        try (BufferPool buffers = buffers();
                ReadScratch scratch = new ReadScratch(buffers, new ReadCounters())) {
            for (Storage.FileInfo info : files) {
                if (!isTable(info.name())) {
                    continue;
                }
                try (ReadFile file = storage.open(info.name())) {
                    TableIdentity identity = TableSalvage.identify(file, scratch);
                    if (identity != null) {
                        identities.put(info.name(), identity);
                        byIdentity.computeIfAbsent(identity, _ -> new ArrayList<>())
                                .add(info.name());
                    }
                } catch (CorruptException e) {
                    // Whoever needs it will find that it cannot be opened.
                    identities.remove(info.name());
                } catch (FirnException e) {
                    // In the way only if it is part of the store.
                    newer.put(info.name(), e);
                }
            }
        }
        byIdentity.values().forEach(names -> names.sort(Comparator.naturalOrder()));
    }

    private String firstOf(TableIdentity identity) {
        return byIdentity.getOrDefault(identity, List.of("")).getFirst();
    }

    static boolean isTable(String name) {
        return StoreFile.parse(name).filter(f -> f.kind() == StoreFile.Kind.TABLE).isPresent();
    }

    /// What a file says it is, or null.
    @Nullable
    TableIdentity identity(String name) {
        return identities.get(name);
    }

    /// Whether some file says that it is this table.
    boolean isThere(TableMeta meta) {
        return byIdentity.containsKey(new TableIdentity(storeId, meta.tableId()));
    }

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
        TableIdentity found = identities.get(name);
        if (identity.equals(found) && isWhole(name, identity, meta)) {
            return new Found(meta, name, meta, true, 0, List.of());
        }
        String from = source(name, identity, found, meta);
        if (from == null) {
            return new Found(meta, name, null, false, meta.entries(), List.of());
        }
        Saved saved = salvage(from, identity, meta, target.owner());
        return new Found(meta, from, saved.table, false,
                Math.max(0, meta.entries() - saved.read), saved.losses);
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
        List<String> others = byIdentity.getOrDefault(identity, List.of());
        if (!others.isEmpty()) {
            damages.add(new Damage(name, -1, "this table is not under its own name, but under "
                    + others.getFirst()));
            return others.getFirst();
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
        requireKnown(name);
        // Its footer is damaged.
        isWhole(name, identity, meta);
        return name;
    }

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
            table.verify(new dev.firn.sstable.VerifyListener() {
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

    private void requireKnown(String name) {
        FirnException problem = newer.get(name);
        if (problem != null) {
            throw problem;
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

    static boolean isAsRecorded(TableMeta meta, TableFacts facts) {
        return facts.fileBytes() == meta.fileBytes() && facts.entries() == meta.entries()
                && facts.tombstones() == meta.tombstones()
                && facts.smallest().equals(meta.smallest())
                && facts.largest().equals(meta.largest());
    }

    /// Writes what can be read and seen of a table to a new one.
    private Saved salvage(String from, TableIdentity identity, @Nullable TableMeta meta,
            @Nullable TableOwner owner) throws IOException {
        try (BufferPool buffers = buffers();
                ReadScratch scratch = new ReadScratch(buffers, new ReadCounters());
                ReadFile file = storage.open(from)) {
            var output = new Output(owner, meta);
            try {
                TableSalvage.Told told = TableSalvage.run(file, identity, buffers, scratch,
                        output);
                return new Saved(output.finish(), told.facts(), told.owner(), output.read,
                        output.losses);
            } catch (Throwable t) {
                output.abandon();
                throw t;
            }
        }
    }

    /// Takes what is found of a table; begins a new one with the first entry.
    private final class Output implements TableSalvage.Sink {
        private final @Nullable TableOwner owner;
        private final @Nullable TableMeta meta;
        private final BlockCodec codec = codecs.of(dev.firn.Compression.NONE);
        private final List<Loss> losses = new ArrayList<>();
        private @Nullable String before;
        private long number;
        private @Nullable TableWriter writer;
        private long read;

        Output(@Nullable TableOwner owner, @Nullable TableMeta meta) {
            this.owner = owner;
            this.meta = meta;
        }

        @Override
        public void entry(MemorySegment key, long keyAt, int keyLength, long trailer,
                MemorySegment value, long valueAt, int valueLength) throws IOException {
            read++;
            byte[] bytes = key.asSlice(keyAt, keyLength)
                    .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
            if (meta != null && !isVisible(meta, bytes)) {
                return;
            }
            TableWriter to = writer;
            if (to == null) {
                number = builder.newNumber();
                to = builder.begin(number, dev.firn.KeyspaceOptions.defaults(), owner, codec);
                writer = to;
            }
            to.add(key, keyAt, keyLength, trailer, value, valueAt, valueLength);
        }

        @Override
        public void lost(CorruptException damage, @Nullable UserKey last) {
            before = last == null ? "the beginning" : Printable.text(last.bytes());
            losses.add(new Loss(damage.offset(), dev.firn.dump.DumpWriter.words(damage),
                    options.keys() ? "between " + before + " and the end" : null));
        }

        @Override
        public void found(MemorySegment key, long keyAt, int keyLength) {
            if (options.keys() && !losses.isEmpty()) {
                Loss open = losses.removeLast();
                losses.add(new Loss(open.offset(), open.what(), "between " + before + " and "
                        + Printable.text(key, keyAt, keyLength)));
            }
        }

        @Override
        public void checked(int length) {
            read(length);
        }

        @Nullable
        TableMeta finish() throws IOException {
            TableWriter done = writer;
            return done == null ? null : builder.meta(number, done.finish(), codec);
        }

        void abandon() {
            if (writer != null) {
                builder.abandon(number, writer);
            }
        }
    }

    static boolean isVisible(TableMeta meta, byte[] key) {
        return (meta.lower() == null || meta.lower().compareTo(key, 0, key.length) <= 0)
                && (meta.upper() == null || meta.upper().compareTo(key, 0, key.length) > 0);
    }

    /// Looks at a table that no manifest attributes for sure.
    ///
    /// @param hint what an older state says about it, or null
    /// @return the table, or null when it is none of this store
    @Nullable
    Source source(String name, long bytes, @Nullable TableMeta hint) throws IOException {
        requireKnown(name);
        TableIdentity identity = identities.get(name);
        if (identity == null) {
            identity = hint != null
                    ? new TableIdentity(storeId, hint.tableId())
                    : TableIdentity.of(storeId, number(name));
        } else if (identity.storeId() != storeId) {
            damages.add(new Damage(name, -1, "this is a table of another store; it is left out"));
            return null;
        } else if (!firstOf(identity).equals(name)) {
            damages.add(new Damage(name, -1, "this is a second copy of " + firstOf(identity)
                    + "; it is left out"));
            return null;
        }
        if (isWhole(name, identity, null)) {
            return whole(name, identity, hint);
        }
        Saved saved = salvage(name, identity, hint, owner(name, identity));
        TableFacts facts = saved.facts;
        long lost = facts == null ? -1 : Math.max(0, facts.entries() - saved.read);
        TableMeta table = saved.table;
        String keyspace = saved.owner != null && KeyspaceState.isName(saved.owner.name())
                ? saved.owner.name()
                : "unknown";
        repaired.add(new RepairedTable(name, keyspace, table == null ? null : table.fileName(),
                table == null ? 0 : table.entries(), lost, bytes,
                facts == null ? -1 : facts.sequenceMin(),
                facts == null ? -1 : facts.sequenceMax(), saved.losses));
        return new Source(name, table, saved.owner, false, lost);
    }

    /// The keyspace that a damaged table names, wherever in it; null when it names none any more.
    private @Nullable TableOwner owner(String name, TableIdentity identity) throws IOException {
        try (BufferPool buffers = buffers();
                ReadScratch scratch = new ReadScratch(buffers, new ReadCounters());
                ReadFile file = storage.open(name)) {
            return TableSalvage.owner(file, identity, buffers, scratch);
        }
    }

    private Source whole(String name, TableIdentity identity, @Nullable TableMeta hint)
            throws IOException {
        try (BufferPool buffers = buffers();
                ReadScratch scratch = new ReadScratch(buffers, new ReadCounters());
                Table table = open(name, identity, scratch)) {
            TableFacts facts = table.facts();
            TableMeta meta = new TableMeta(number(name), identity.tableId(), facts.fileBytes(),
                    facts.rawKeyBytes() + facts.rawValueBytes(), facts.entries(),
                    facts.tombstones(), facts.smallest(), facts.largest(),
                    hint == null ? null : hint.lower(), hint == null ? null : hint.upper(),
                    facts.sequenceMin(), facts.sequenceMax(), facts.createdMillis(), 0);
            return new Source(name, meta, facts.owner(), true, 0);
        }
    }

    static long number(String name) {
        return StoreFile.parse(name).map(StoreFile::number).orElseThrow();
    }
}
