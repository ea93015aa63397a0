package dev.firn.manifest;

import dev.firn.FirnException;
import dev.firn.dump.DumpWriter;
import dev.firn.record.SegmentScan;
import dev.firn.storage.CorruptException;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Tells the edits of a manifest, and whether they fit each other.
public final class ManifestContent implements SegmentScan.Content {
    /// A longer edit is damage.
    public static final int EDIT_BYTES_MAX = ManifestFormat.EDIT_BYTES_MAX;

    private final String file;
    private final DumpWriter out;
    private final StoreState state = new StoreState();
    private boolean isStateKnown = true;
    private long edits;

    /// Of a manifest of a name.
    public ManifestContent(String file, DumpWriter out) {
        this.file = file;
        this.out = out;
    }

    @Override
    public @Nullable String kindName(int kind) {
        return switch (kind) {
            case ManifestFormat.EDIT -> "edit";
            case ManifestFormat.SYNCED -> "synced";
            default -> null;
        };
    }

    @Override
    public void record(int kind, MemorySegment payload, long offset, boolean counts)
            throws IOException {
        if (kind != ManifestFormat.EDIT) {
            return;
        }
        edits++;
        isStateKnown &= counts;
        byte[] bytes = new byte[(int) payload.byteSize()];
        Bytes.copy(payload, 0, bytes, 0, bytes.length);
        try {
            VersionEdit edit = EditDecoder.decode(bytes, 0, bytes.length, file, offset);
            edit.changes().forEach(change -> out.note(2, ChangeWords.of(change)));
            apply(edit, offset);
        } catch (FirnException e) {
            isStateKnown = false;
            out.damage(offset, 2, String.valueOf(e.getMessage()));
        } catch (CorruptException e) {
            isStateKnown = false;
            throw e;
        }
    }

    private void apply(VersionEdit edit, long offset) {
        if (!isStateKnown) {
            return;
        }
        try {
            state.apply(edit);
        } catch (InvalidEditException e) {
            isStateKnown = false;
            out.damage(offset, 2, String.valueOf(e.getMessage()));
        }
    }

    /// Tells what the edits come to, when all were seen.
    public void end() {
        if (!isStateKnown) {
            out.note(0, edits + " edits; what they come to is not known");
            return;
        }
        if (!state.snapshotEnded) {
            out.damage(0, 0, "the records end within the snapshot");
        }
        out.note(0, "the store after " + edits + " edits: " + state.keyspaces().size()
                + " keyspaces, " + state.tableCount() + " tables, last sequence "
                + state.lastSequence() + ", next file " + state.nextFile() + ", logs from "
                + state.logsFrom());
    }
}
