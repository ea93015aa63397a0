package dev.firn.engine;

import dev.firn.manifest.StoreFile;
import dev.firn.sstable.BufferPool;
import dev.firn.sstable.ReadCounters;
import dev.firn.sstable.ReadScratch;
import dev.firn.sstable.TableIdentity;
import dev.firn.sstable.TableSalvage;
import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import dev.firn.storage.WriteFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The small files of a repair: what it puts into its quarantine. Each is written and forced under
/// a temporary name before it is moved there.
final class RepairFiles {
    private static final int COPIED_MAX = 1 << 20;

    private final Storage storage;
    private final String folder;
    private final String temporary;

    /// @param number a number for a temporary file, which no file has
    RepairFiles(Storage storage, String folder, long number) {
        this.storage = storage;
        this.folder = folder;
        temporary = new StoreFile(StoreFile.Kind.TEMPORARY, number).name();
    }

    /// A name for a quarantine that none has yet.
    static String folder(Storage storage, long number) throws IOException {
        long n = number;
        while (storage.hasFolder("quarantine-" + n) || storage.exists("quarantine-" + n)) {
            n++;
        }
        return "quarantine-" + n;
    }

    /// Copies a small file into the folder.
    void copy(String name) throws IOException {
        byte[] bytes;
        try (ReadFile file = storage.open(name)) {
            bytes = new byte[(int) Math.min(file.bytes(), COPIED_MAX)];
            file.copy(0, MemorySegment.ofArray(bytes), 0, bytes.length);
        }
        put(name, bytes);
    }

    /// Writes lines to a file in the folder.
    void write(String name, List<String> lines) throws IOException {
        put(name, bytes(lines));
    }

    private void put(String name, byte[] bytes) throws IOException {
        write(storage, temporary, bytes);
        storage.setAside(temporary, folder, name);
    }

    /// Writes lines to a file and forces it.
    static void write(Storage storage, String name, List<String> lines) throws IOException {
        write(storage, name, bytes(lines));
    }

    private static byte[] bytes(List<String> lines) {
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static void write(Storage storage, String name, byte[] bytes) throws IOException {
        try (WriteFile file = storage.create(name)) {
            file.write(0, MemorySegment.ofArray(bytes), 0, bytes.length);
            file.force();
        }
    }

    /// The store that the footers of most tables name; 0 when there is none.
    static long storeOfTables(Storage storage, List<Storage.FileInfo> files,
            SharedResources resources) throws IOException {
        Map<Long, Integer> counts = new TreeMap<>();
        try (BufferPool buffers = new BufferPool(resources.pool(), 1 << 20);
                ReadScratch scratch = new ReadScratch(buffers, new ReadCounters())) {
            for (Storage.FileInfo info : files) {
                if (RepairNames.isTable(info.name())) {
                    try (ReadFile file = storage.open(info.name())) {
                        TableIdentity identity = TableSalvage.identify(file, scratch);
                        if (identity != null) {
                            counts.merge(identity.storeId(), 1, Integer::sum);
                        }
                    }
                }
            }
        }
        return counts.entrySet().stream().max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey).orElse(0L);
    }
}
