package dev.firn.engine;

import dev.firn.DumpLine;
import dev.firn.DumpOptions;
import dev.firn.DumpReport;
import dev.firn.FirnException;
import dev.firn.dump.DumpWriter;
import dev.firn.manifest.CurrentScan;
import dev.firn.manifest.ManifestContent;
import dev.firn.manifest.StoreFile;
import dev.firn.manifest.StoreFile.Kind;
import dev.firn.manifest.StoreState;
import dev.firn.manifest.Surroundings;
import dev.firn.manifest.TableMeta;
import dev.firn.record.RecordFormat;
import dev.firn.record.RecordReader;
import dev.firn.record.SegmentScan;
import dev.firn.sstable.TableIdentity;
import dev.firn.sstable.TableScan;
import dev.firn.storage.Failures;
import dev.firn.storage.FileAccess;
import dev.firn.storage.FileStorage;
import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Tells what one file of a store holds, beside an open store too: it opens the file and what tells
/// about it to read, locks nothing and writes nothing.
public final class FileDump {
    private static final byte[] NONE = {};
    private static final int MAGIC_BYTES = 16;

    private final Storage storage;
    private final String name;
    private final DumpWriter out;

    private FileDump(Storage storage, String name, DumpWriter out) {
        this.storage = storage;
        this.name = name;
        this.out = out;
    }

    /// Tells the file at a path.
    public static DumpReport dump(Path path, DumpOptions options, Consumer<DumpLine> lines) {
        Path whole = path.toAbsolutePath().normalize();
        Path directory = whole.getParent();
        if (directory == null || whole.getFileName() == null) {
            throw new FirnException(FirnException.Kind.NOT_FOUND, path + " is not a file");
        }
        // Not mapped: the file may be cut while it is read.
        try (var storage = new FileStorage(directory, FileAccess.POSITIONED,
                FileAccess.POSITIONED)) {
            return dump(storage, String.valueOf(whole.getFileName()), options, lines);
        }
    }

    /// Tells a file of a storage.
    public static DumpReport dump(Storage storage, String name, DumpOptions options,
            Consumer<DumpLine> lines) {
        var out = new DumpWriter(options, lines);
        try {
            return new FileDump(storage, name, out).run();
        } catch (IOException e) {
            throw Errors.of(storage.location(), e);
        }
    }

    private ReadFile open() throws IOException {
        try {
            return storage.open(name);
        } catch (FileSystemException e) {
            if (!Failures.isNoFile(e)) {
                throw e;
            }
            throw new FirnException(FirnException.Kind.IO,
                    Failures.describe(e) + "; name one file of a store", e);
        } catch (IllegalArgumentException e) {
            throw new FirnException(FirnException.Kind.NOT_FOUND, storage.location() + ": "
                    + e.getMessage() + "; copy the file to a name of letters and digits", e);
        }
    }

    private DumpReport run() throws IOException {
        StoreFile named = StoreFile.parse(name).orElse(null);
        if (named != null && named.kind() == Kind.LOCK) {
            // Closing a lock file drops the locks that the process has on it.
            out.note(0, name + ": the lock of the store's owner; it says nothing");
            return new DumpReport("lock", 0, 0);
        }
        if (name.equals(StoreFile.REPAIRING)) {
            return marker();
        }
        try (ReadFile file = open()) {
            Kind kind = named == null ? kindByContent(file) : named.kind();
            out.note(0, name + ": " + title(kind) + ", " + file.bytes() + " bytes");
            if (named == null && kind != null) {
                out.note(0, "its name is not that of a store's file; so says its content");
            }
            long number = named == null ? 0 : named.number();
            switch (kind) {
                case LOG -> log(file, number);
                case MANIFEST -> manifest(file, number);
                case TABLE -> table(file, number);
                case CURRENT -> CurrentScan.run(file, out);
                case TEMPORARY -> out.note(1, "unfinished, never read");
                case LOCK -> throw new IllegalStateException("no file");
                case null -> out.damage(0, 0,
                        "neither name nor content are those of a file of a store");
            }
            return new DumpReport(title(kind), file.bytes(), out.damages());
        }
    }

    private DumpReport marker() throws IOException {
        try (ReadFile file = open()) {
            long first = RepairMarker.read(file).firstFile();
            out.note(0, name + ": mark of a repair, " + file.bytes() + " bytes");
            out.note(1, "a repair of this store is under way, or was interrupted; until one has"
                    + " ended the store does not open to write");
            out.note(1, first == Long.MAX_VALUE
                    ? "it does not tell which files the repair wrote: it had written none yet"
                    : "files with the number " + first + " or a larger one are the repair's");
            out.note(1, "if no repair is running, run 'firn repair' on the directory again; do not"
                    + " delete this file by hand");
            return new DumpReport("mark of a repair", file.bytes(), 0);
        }
    }

    private static String title(@Nullable Kind kind) {
        return switch (kind) {
            case LOG -> "write-ahead log";
            case MANIFEST -> "manifest";
            case TABLE -> "table";
            case CURRENT -> "CURRENT";
            case TEMPORARY -> "temporary file";
            case LOCK -> "lock";
            case null -> "unknown";
        };
    }

    private static @Nullable Kind kindByContent(ReadFile file) throws IOException {
        byte[] head = bytes(file, 0, MAGIC_BYTES);
        if (head.length == MAGIC_BYTES && Bytes.getLong(head, 0) == RecordFormat.MAGIC) {
            return head[RecordFormat.KIND_AT] == RecordFormat.MANIFEST ? Kind.MANIFEST : Kind.LOG;
        }
        return TableScan.hasFooter(file) ? Kind.TABLE : null;
    }

    private static byte[] bytes(ReadFile file, long at, int length) throws IOException {
        if (file.bytes() - at < length) {
            return NONE;
        }
        byte[] bytes = new byte[length];
        file.copy(at, MemorySegment.ofArray(bytes), 0, length);
        return bytes;
    }

    private void log(ReadFile file, long number) throws IOException {
        Surroundings beside = Surroundings.of(storage);
        StoreState state = beside.state();
        long size = RecordReader.UNKNOWN_SIZE;
        if (state == null) {
            out.note(0, "no manifest beside it can be read: whether it is needed, and where it"
                    + " ends if it is full, is not known");
        } else if (number != 0) {
            size = state.logs().getOrDefault(number, RecordReader.UNKNOWN_SIZE);
            out.note(0, number < state.logsFrom()
                    ? "the manifest does not need it any more: logs from " + state.logsFrom()
                            + " on are needed"
                    : "the manifest needs it" + (size == RecordReader.UNKNOWN_SIZE
                            ? ", if a log leads to it; no final size is recorded"
                            : "; recorded final size " + size));
        }
        var content = new LogContent(name, out);
        var expected = new SegmentScan.Expected(RecordFormat.WRITE_AHEAD_LOG, beside.storeId(),
                number, size, RecordFormat.RECORD_BYTES_MAX);
        new SegmentScan(file, expected, content, out).run();
    }

    private void manifest(ReadFile file, long number) throws IOException {
        Surroundings beside = Surroundings.ofCurrent(storage);
        if (beside.manifest() != 0) {
            out.note(0, beside.manifest() == number
                    ? "CURRENT names it"
                    : "CURRENT names " + StoreFile.manifest(beside.manifest()).name()
                            + ": this one does not count");
        }
        var content = new ManifestContent(name, out);
        var expected = new SegmentScan.Expected(RecordFormat.MANIFEST, beside.storeId(), number,
                RecordReader.UNKNOWN_SIZE, ManifestContent.EDIT_BYTES_MAX);
        new SegmentScan(file, expected, content, out).run();
        content.end();
    }

    private void table(ReadFile file, long number) throws IOException {
        Surroundings beside = Surroundings.of(storage);
        TableMeta meta = beside.table(number);
        List<TableIdentity> ids = new ArrayList<>();
        Long store = beside.storeId();
        if (store != null && meta != null) {
            ids.add(new TableIdentity(store, meta.tableId()));
        }
        if (store != null && number != 0) {
            ids.add(TableIdentity.of(store, number));
        }
        out.note(0, beside.state() == null
                ? "no manifest beside it can be read: whether it belongs to a store is not known"
                : meta == null
                        ? "the manifest does not name it"
                        : "the manifest names it, with table id %016x".formatted(meta.tableId()));
        new TableScan(file, ids, out).run(meta != null);
        if (meta != null && meta.fileBytes() != file.bytes()) {
            out.damage(file.bytes(), 0, "the manifest says it has " + meta.fileBytes()
                    + " bytes, the file has " + file.bytes());
        }
    }
}
