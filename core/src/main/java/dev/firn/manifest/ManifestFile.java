package dev.firn.manifest;

import dev.firn.manifest.Change.NextFile;
import dev.firn.record.RecordWriter;
import dev.firn.record.SegmentHeader;
import dev.firn.storage.Storage;
import dev.firn.storage.WriteFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A manifest file being written. One thread; owns the open file.
final class ManifestFile implements AutoCloseable {
    private final WriteFile file;
    private final RecordWriter records;
    private final EditEncoder encoder = new EditEncoder();
    private final MemorySegment[] parts = new MemorySegment[1];
    private long snapshotBytes;

    private ManifestFile(WriteFile file, RecordWriter records, long snapshotBytes) {
        this.file = file;
        this.records = records;
        this.snapshotBytes = snapshotBytes;
    }

    /// Creates a file with nothing but a header in it. Nothing is durable yet.
    static ManifestFile create(Storage storage, long storeId, long number) throws IOException {
        WriteFile file = storage.create(StoreFile.manifest(number).name());
        var records = new RecordWriter(file, SegmentHeader.manifest(storeId, number));
        var manifest = new ManifestFile(file, records, 0);
        try {
            records.writeHeader();
            return manifest;
        } catch (Throwable t) {
            try {
                file.close();
            } catch (IOException e) {
                t.addSuppressed(e);
            }
            throw t;
        }
    }

    /// Goes on behind the last record of a file that is durable up to there and ends there.
    static ManifestFile resume(Storage storage, ManifestReader.Loaded loaded) throws IOException {
        CurrentFile current = loaded.current();
        var header = SegmentHeader.manifest(current.storeId(), current.manifest());
        WriteFile file = storage.openLog(StoreFile.manifest(current.manifest()).name());
        var records = new RecordWriter(file, header, loaded.bytes());
        // Not up to the end: the synced record there was read, but nobody forced it.
        records.synced(loaded.durableBytes());
        return new ManifestFile(file, records, loaded.snapshotBytes());
    }

    long bytes() {
        return records.offset();
    }

    /// The size up to the end of the snapshot.
    long snapshotBytes() {
        return snapshotBytes;
    }

    /// Appends the state as edits of bounded size.
    ///
    /// @param nextFile the number of the next file, ahead of the one that the state knows
    void appendSnapshot(StoreState state, long nextFile) throws IOException {
        encoder.clear();
        for (Change change : state.changes()) {
            encoder.add(change instanceof NextFile ? new NextFile(nextFile) : change);
            if (encoder.length() >= ManifestFormat.SNAPSHOT_EDIT_BYTES) {
                appendEncoded();
            }
        }
        if (encoder.length() > 0) {
            appendEncoded();
        }
        snapshotBytes = records.offset();
    }

    void append(VersionEdit edit) throws IOException {
        encoder.clear();
        edit.changes().forEach(encoder::add);
        appendEncoded();
    }

    private void appendEncoded() throws IOException {
        parts[0] = MemorySegment.ofArray(encoder.bytes()).asSlice(0, encoder.length());
        records.append(ManifestFormat.EDIT, parts, 1);
        encoder.clear();
    }

    /// Makes everything appended durable.
    void force() throws IOException {
        file.force();
        records.synced(records.offset());
    }

    /// Notes in the file that everything before was forced.
    void appendSynced() throws IOException {
        records.append(ManifestFormat.SYNCED, parts, 0);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
