package dev.firn.engine;

import dev.firn.FirnException;
import dev.firn.manifest.StoreFile;
import dev.firn.manifest.TableMeta;
import dev.firn.sstable.BufferPool;
import dev.firn.sstable.ReadCounters;
import dev.firn.sstable.ReadScratch;
import dev.firn.sstable.TableIdentity;
import dev.firn.sstable.TableSalvage;
import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which tables the files of a directory are: names can be wrong, footers say what a file is. One
/// thread.
final class RepairNames {
    private final long storeId;
    private final Map<TableIdentity, List<String>> byIdentity = new HashMap<>();
    private final Map<String, TableIdentity> identities = new HashMap<>();
    /// Those that a newer Firn wrote.
    private final Map<String, FirnException> newer = new HashMap<>();

    RepairNames(long storeId) {
        this.storeId = storeId;
    }

    /// Reads the footer of every table in the directory.
    void read(Storage storage, List<Storage.FileInfo> files, BufferPool buffers)
            throws IOException {
        try (ReadScratch scratch = new ReadScratch(buffers, new ReadCounters())) {
            for (Storage.FileInfo info : files) {
                if (isTable(info.name())) {
                    read(storage, info.name(), scratch);
                }
            }
        }
        byIdentity.forEach((identity, found) -> found.sort(Comparator
                .comparing((String name) -> !isOwn(name, identity))
                .thenComparing(Comparator.naturalOrder())));
    }

    private void read(Storage storage, String name, ReadScratch scratch) throws IOException {
        try (ReadFile file = storage.open(name)) {
            TableIdentity identity = TableSalvage.identify(file, scratch);
            if (identity != null) {
                identities.put(name, identity);
                byIdentity.computeIfAbsent(identity, _ -> new ArrayList<>()).add(name);
            }
        } catch (CorruptException e) {
            // Whoever needs it will find that it cannot be opened.
            identities.remove(name);
        } catch (FirnException e) {
            // In the way only if it is part of the store.
            newer.put(name, e);
        }
    }

    static boolean isTable(String name) {
        return StoreFile.parse(name).filter(f -> f.kind() == StoreFile.Kind.TABLE).isPresent();
    }

    static long number(String name) {
        return StoreFile.parse(name).map(StoreFile::number).orElseThrow();
    }

    /// Whether a table lies under the name that it was written with.
    static boolean isOwn(String name, TableIdentity identity) {
        return identity.equals(TableIdentity.of(identity.storeId(), number(name)));
    }

    /// What a file says it is, or null.
    @Nullable
    TableIdentity identity(String name) {
        return identities.get(name);
    }

    /// The file that says that it is a table, or null; of several the one with the right name.
    @Nullable
    String firstOf(TableIdentity identity) {
        List<String> names = byIdentity.get(identity);
        return names == null ? null : names.getFirst();
    }

    /// Whether some file says that it is this table.
    boolean isThere(TableMeta meta) {
        return byIdentity.containsKey(new TableIdentity(storeId, meta.tableId()));
    }

    /// Stops at a file that a newer Firn wrote.
    void requireKnown(String name) {
        FirnException problem = newer.get(name);
        if (problem != null) {
            throw problem;
        }
    }
}
