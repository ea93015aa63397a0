package dev.firn.manifest;

import dev.firn.FirnException;
import dev.firn.record.RecordFormat;
import dev.firn.record.RecordReader;
import dev.firn.record.SegmentHeader;
import dev.firn.storage.CorruptException;
import dev.firn.storage.Failures;
import dev.firn.storage.ReadFile;
import dev.firn.storage.Storage;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The newest state that can be read of a store whose `CURRENT` or manifest may be damaged, for a
/// repair.
///
/// The manifest that `CURRENT` names counts, as far as it can be read; where `CURRENT` is damaged,
/// the newest one whose snapshot is whole (a rotation makes the next one durable before it changes
/// `CURRENT`, with the same state). A state whose file was read to its end, without damage, is
/// *whole*. Of one that was damaged in the middle the last edits are missing: it is a hint.
///
/// @param storeId the identity of the store, or null when no manifest tells it
/// @param state the state, or null when no manifest has a whole snapshot
/// @param isWhole whether the state is known to be the last one
/// @param source where the state comes from, in words
/// @param damages what is wrong with `CURRENT` and the manifests that were read
public record ManifestSalvage(@Nullable Long storeId, @Nullable StoreState state, boolean isWhole,
        String source, List<CorruptException> damages) {

    /// Copies the list.
    public ManifestSalvage {
        damages = List.copyOf(damages);
    }

    /// What one manifest tells.
    private record Found(StoreState state, boolean isWhole) {}

    /// Looks.
    ///
    /// @throws FirnException of kind `INCOMPATIBLE` when a newer Firn wrote `CURRENT` or the
    ///     manifest
    public static ManifestSalvage read(Storage storage) throws IOException {
        var damages = new ArrayList<CorruptException>();
        CurrentFile current = current(storage, damages);
        List<Long> numbers = storage.list().stream()
                .map(file -> StoreFile.parse(file.name()).orElse(null))
                .filter(file -> file != null && file.kind() == StoreFile.Kind.MANIFEST)
                .map(StoreFile::number).sorted(Comparator.reverseOrder()).toList();
        if (current != null) {
            Found named = read(storage, current.manifest(), current.storeId(), damages);
            if (named != null) {
                return of(current.storeId(), named, current.manifest(), damages);
            }
        }
        for (long number : numbers) {
            Long store = id(storage, number);
            boolean isCurrents = current != null && store != null && current.storeId() == store;
            if (store == null
                    || (current != null && isCurrents && number == current.manifest())) {
                continue;
            }
            Found found = read(storage, number, store, damages);
            if (found != null) {
                // If CURRENT names a later one, which is gone, what this one says may be old.
                return of(store, new Found(found.state, found.isWhole && !isCurrents), number,
                        damages);
            }
        }
        if (numbers.isEmpty()) {
            damages.add(new CorruptException("MANIFEST", 0, "there is no manifest"));
        }
        Long known = current != null ? Long.valueOf(current.storeId()) : mostCommon(storage);
        return new ManifestSalvage(known, null, false, "no manifest can be read", damages);
    }

    private static ManifestSalvage of(long storeId, Found found, long number,
            List<CorruptException> damages) {
        String name = StoreFile.manifest(number).name();
        return new ManifestSalvage(storeId, found.state, found.isWhole,
                found.isWhole ? name : "what can be read of " + name + ", which is not all",
                damages);
    }

    private static @Nullable CurrentFile current(Storage storage, List<CorruptException> damages)
            throws IOException {
        if (!storage.exists(StoreFile.CURRENT)) {
            damages.add(new CorruptException(StoreFile.CURRENT, 0,
                    Failures.absent(storage, StoreFile.CURRENT, "it is missing")));
            return null;
        }
        try {
            return CurrentFile.read(storage);
        } catch (CorruptException e) {
            damages.add(e);
            return null;
        }
    }

    /// Reads a manifest as far as it is sound; null when its snapshot is not whole.
    private static @Nullable Found read(Storage storage, long number, long storeId,
            List<CorruptException> damages) throws IOException {
        String name = StoreFile.manifest(number).name();
        if (!storage.exists(name)) {
            damages.add(new CorruptException(name, 0,
                    Failures.absent(storage, name, "this manifest is missing")));
            return null;
        }
        var state = new StoreState();
        boolean isWhole = true;
        try (ReadFile file = storage.open(name)) {
            try {
                SegmentHeader header = SegmentHeader.readAny(file);
                if (!header.equals(SegmentHeader.manifest(storeId, number))) {
                    throw new CorruptException(name, 0, "its header is that of number "
                            + header.number()
                            + " of store %016x".formatted(header.storeId()));
                }
            } catch (CorruptException e) {
                // Its edits are checked with what it must be.
                damages.add(e);
                isWhole = false;
            }
            try (var records = new RecordReader(file, SegmentHeader.manifest(storeId, number),
                    RecordReader.UNKNOWN_SIZE, ManifestFormat.EDIT_BYTES_MAX)) {
                apply(records, state, name);
                records.requireNotCorrupt();
            } catch (CorruptException e) {
                damages.add(e);
                isWhole = false;
            }
        }
        if (!state.snapshotEnded || state.storeId() != storeId) {
            if (isWhole) {
                damages.add(new CorruptException(name, 0, "the records end within the snapshot"));
            }
            return null;
        }
        return new Found(state, isWhole);
    }

    private static void apply(RecordReader records, StoreState state, String name)
            throws IOException {
        while (records.next()) {
            if (records.kind() == ManifestFormat.SYNCED) {
                continue;
            }
            if (records.kind() != ManifestFormat.EDIT) {
                throw ManifestFormat.newer(name, records.offset(),
                        "record kind " + records.kind());
            }
            byte[] payload = new byte[(int) records.bytes().byteSize()];
            Bytes.copy(records.bytes(), 0, payload, 0, payload.length);
            try {
                state.apply(EditDecoder.decode(payload, 0, payload.length, name,
                        records.offset()));
            } catch (InvalidEditException e) {
                throw new CorruptException(name, records.offset(), String.valueOf(e.getMessage()));
            }
        }
    }

    /// The store that the header of a manifest names, or null.
    private static @Nullable Long id(Storage storage, long number) throws IOException {
        try (ReadFile file = storage.open(StoreFile.manifest(number).name())) {
            SegmentHeader header = SegmentHeader.readAny(file);
            return header.kind() == RecordFormat.MANIFEST ? header.storeId() : null;
        } catch (CorruptException e) {
            return null;
        }
    }

    /// The store that the headers of most logs and manifests name, or null.
    private static @Nullable Long mostCommon(Storage storage) throws IOException {
        Map<Long, Integer> counts = new TreeMap<>();
        for (Storage.FileInfo info : storage.list()) {
            StoreFile file = StoreFile.parse(info.name()).orElse(null);
            if (file != null && (file.kind() == StoreFile.Kind.LOG
                    || file.kind() == StoreFile.Kind.MANIFEST)) {
                try (ReadFile opened = storage.open(info.name())) {
                    counts.merge(SegmentHeader.readAny(opened).storeId(), 1, Integer::sum);
                } catch (CorruptException e) {
                    // It has no vote.
                    assert e.offset() >= 0;
                }
            }
        }
        return counts.entrySet().stream().max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey).orElse(null);
    }
}
