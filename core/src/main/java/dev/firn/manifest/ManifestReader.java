package dev.firn.manifest;

import dev.firn.FirnException;
import dev.firn.record.RecordFormat;
import dev.firn.record.RecordReader;
import dev.firn.record.SegmentEnd.Complete;
import dev.firn.storage.CorruptException;
import dev.firn.storage.Failures;
import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/// Reads the manifest that `CURRENT` names into a state.
final class ManifestReader {
    /// What was read.
    ///
    /// @param current what `CURRENT` says
    /// @param state the sum of the edits
    /// @param snapshotBytes the size of the file up to the end of the snapshot
    /// @param bytes where the last record ends
    /// @param durableBytes up to where the last synced record tells that everything is durable; it
    ///     is not part of that itself
    /// @param settled whether all that was read is known to be durable, and nothing stands behind
    ///     it
    record Loaded(CurrentFile current, StoreState state, long snapshotBytes, long bytes,
            long durableBytes, boolean settled) {}

    private final CurrentFile current;
    private final String name;
    private final StoreState state = new StoreState();
    private byte[] payload = new byte[4096];
    private long snapshotBytes;
    private long durableBytes;
    private boolean settled;

    private ManifestReader(CurrentFile current) {
        this.current = current;
        name = StoreFile.manifest(current.manifest()).name();
    }

    /// Reads it.
    ///
    /// @throws CorruptException when it is damaged, missing or of another store
    /// @throws FirnException when there is no store, or it was written by a newer Firn
    static Loaded load(Storage storage) throws IOException {
        if (Presence.of(storage) != Presence.PRESENT) {
            throw new FirnException(
                    FirnException.Kind.NOT_FOUND, "there is no store in " + storage.location());
        }
        CurrentFile current = CurrentFile.read(storage);
        return new ManifestReader(current).read(storage);
    }

    private Loaded read(Storage storage) throws IOException {
        if (!storage.exists(name)) {
            throw new CorruptException(StoreFile.CURRENT, 0, "it names " + name + ", which "
                    + Failures.absentWithAdvice(storage, name, "is missing"));
        }
        try (ReadFile file = storage.open(name);
                RecordReader records =
                        RecordReader.open(
                                file,
                                RecordFormat.MANIFEST,
                                current.storeId(),
                                current.manifest(),
                                RecordReader.UNKNOWN_SIZE,
                                ManifestFormat.EDIT_BYTES_MAX)) {
            while (records.next()) {
                read(records);
            }
            records.requireNotCorrupt();
            if (!state.snapshotEnded) {
                throw new CorruptException(
                        name, records.end().offset(), "the records end within the snapshot");
            }
            settled &= records.end() instanceof Complete;
            return new Loaded(current, state, snapshotBytes, records.end().offset(),
                    durableBytes, settled);
        } catch (NoSuchFileException e) {
            throw new CorruptException(StoreFile.CURRENT, 0,
                    "it names " + name + ", which is missing");
        }
    }

    private void read(RecordReader records) throws IOException {
        switch (records.kind()) {
            case ManifestFormat.EDIT -> {
                apply(records);
                settled = false;
                if (snapshotBytes == 0 && state.snapshotEnded) {
                    snapshotBytes = records.endOffset();
                }
            }
            case ManifestFormat.SYNCED -> {
                durableBytes = records.offset();
                settled = true;
            }
            default -> throw ManifestFormat.newer(name, records.offset(),
                    "record kind " + records.kind());
        }
    }

    private void apply(RecordReader records) throws IOException {
        int length = (int) records.bytes().byteSize();
        if (length > payload.length) {
            payload = new byte[Math.max(length, 2 * payload.length)];
        }
        Bytes.copy(records.bytes(), 0, payload, 0, length);
        VersionEdit edit = EditDecoder.decode(payload, 0, length, name, records.offset());
        try {
            state.apply(edit);
        } catch (InvalidEditException e) {
            throw new CorruptException(name, records.offset(), String.valueOf(e.getMessage()));
        }
        if (state.storeId() != current.storeId()) {
            throw new CorruptException(
                    name,
                    records.offset(),
                    "edits of store %016x, not %016x".formatted(state.storeId(),
                            current.storeId()));
        }
    }
}
