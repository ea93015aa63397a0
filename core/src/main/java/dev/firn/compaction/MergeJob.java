package dev.firn.compaction;

import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.VersionFilter.Verdict;
import dev.firn.cursor.EntryCursor;
import dev.firn.cursor.KeyBuffer;
import dev.firn.cursor.MergingCursor;
import dev.firn.key.Trailer;
import dev.firn.key.UserKey;
import dev.firn.manifest.TableMeta;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A merge being carried out, piece by piece: a step function, so that whoever schedules it decides
/// how long a piece is and what comes between.
///
/// ```
/// while (job.step(4096) == MORE) {}    // then DONE or CANCELLED
/// job.outcome()                        // after DONE: to be installed
/// job.abandon()                        // after an exception, or instead of installing
/// ```
///
/// Outputs are cut when they reach their size, but never between two versions of a key. Nothing is
/// allocated for an entry. The inputs, and the snapshots, are those of one moment: snapshots made
/// later see everything that the newest version of each key shows. One thread at a time.
public final class MergeJob {
    /// How a step left the job.
    public enum Progress {
        /// There is more to do.
        MORE,
        /// All tables are written, see [MergeJob#outcome].
        DONE,
        /// The flag was set; everything written has been deleted.
        CANCELLED
    }

    private enum State {
        NEW,
        RUNNING,
        DONE,
        ABANDONED
    }

    private static final int ENTRIES_BETWEEN_LOOKS = 256;

    private final Merge merge;
    private final int keyspace;
    private final MergeTables tables;
    private final BooleanSupplier isCancelled;
    private final VersionFilter filter;
    private final KeySpans.Walk older;
    private final KeyBuffer key;
    private final List<TableMeta> outputs = new ArrayList<>();
    private State state = State.NEW;
    private @Nullable EntryCursor source;
    private MergeTables.@Nullable Output output;
    private boolean isKeyKnown;
    /// The output has its size: it ends before the next key of which something is written.
    private boolean isFull;
    private boolean isHolding;
    private boolean isHeldNeeded;
    private long heldTrailer;

    private long entriesIn;
    private long entriesOut;
    private long hidden;
    private long spent;

    /// A job, nothing opened yet.
    ///
    /// @param snapshots the sequences of all snapshots, ascending, captured after the inputs
    /// @param isCancelled asked now and then
    public MergeJob(
            Merge merge,
            int keyspace,
            long[] snapshots,
            MergeTables tables,
            BooleanSupplier isCancelled) {
        this.merge = merge;
        this.keyspace = keyspace;
        this.tables = tables;
        this.isCancelled = isCancelled;
        filter = new VersionFilter(snapshots, merge.isBottom());
        older = merge.older().walk();
        key = new KeyBuffer(tables);
    }

    /// Handles up to so many entries. After an exception only [#abandon] is left.
    public Progress step(int maxEntries) throws IOException {
        if (state == State.DONE || state == State.ABANDONED) {
            throw new IllegalStateException("Already closed");
        }
        EntryCursor at = source;
        boolean found;
        if (at == null) {
            at = open();
            source = at;
            state = State.RUNNING;
            found = at.seekToFirst();
        } else {
            found = at.isValid();
        }
        for (int done = 0; found && done < maxEntries; done++) {
            if (done % ENTRIES_BETWEEN_LOOKS == 0 && isCancelled.getAsBoolean()) {
                abandon();
                return Progress.CANCELLED;
            }
            take(at);
            found = at.next();
        }
        if (found) {
            return Progress.MORE;
        }
        endKey();
        finishOutput(null);
        at.close();
        source = null;
        state = State.DONE;
        return Progress.DONE;
    }

    private EntryCursor open() {
        var sources = new ArrayList<EntryCursor>();
        for (Input input : merge.inputs()) {
            sources.add(InputTables.cursor(input, merge, tables));
        }
        return MergingCursor.of(sources.toArray(EntryCursor[]::new));
    }

    private void take(EntryCursor at) throws IOException {
        entriesIn++;
        if (!isKeyKnown || !key.isKeyOf(at)) {
            endKey();
            key.copyOf(at);
            isKeyKnown = true;
            filter.nextKey();
            MergeTables.Output open = output;
            isFull = open != null && open.estimatedBytes() >= merge.tableBytes();
        }
        long trailer = at.trailer();
        boolean mayBeOlder =
                Trailer.isDelete(trailer)
                        && !merge.isBottom()
                        && older.covers(key.memory(), 0, key.length());
        Verdict verdict = filter.judge(trailer, mayBeOlder);
        switch (verdict) {
            case KEEP, KEEP_AS_ZERO -> {
                if (Trailer.isDelete(trailer)) {
                    drop();
                } else {
                    release();
                }
                output().add(at, verdict == Verdict.KEEP ? trailer : Trailer.kind(trailer));
                entriesOut++;
            }
            case HOLD -> {
                drop();
                isHolding = true;
                isHeldNeeded = mayBeOlder;
                heldTrailer = trailer;
            }
            case HIDDEN -> hidden++;
            case SPENT -> spent++;
        }
    }

    private void endKey() throws IOException {
        if (isHolding && isHeldNeeded) {
            release();
        }
        drop();
    }

    /// Writes the tombstone that is held.
    private void release() throws IOException {
        if (isHolding) {
            isHolding = false;
            output().addTombstone(key.memory(), 0, key.length(), heldTrailer);
            entriesOut++;
        }
    }

    private void drop() {
        spent += isHolding ? 1 : 0;
        isHolding = false;
    }

    private MergeTables.Output output() throws IOException {
        if (isFull) {
            isFull = false;
            byte[] begin = new byte[key.length()];
            Bytes.copy(key.memory(), 0, begin, 0, begin.length);
            finishOutput(UserKey.owning(begin));
        }
        MergeTables.Output open = output;
        if (open == null) {
            open = tables.create(merge);
            output = open;
        }
        return open;
    }

    private void finishOutput(@Nullable UserKey end) throws IOException {
        MergeTables.Output open = output;
        if (open != null) {
            TableMeta table = open.finish(end);
            output = null;
            outputs.add(table);
        }
    }

    /// What came of it, when a step said that it is done.
    public MergeOutcome outcome() {
        if (state != State.DONE) {
            throw new IllegalStateException("the merge is not done");
        }
        long bytesOut = outputs.stream().mapToLong(TableMeta::fileBytes).sum();
        return new MergeOutcome(
                merge,
                outputs,
                Installation.changes(merge, keyspace, outputs),
                new MergeStatistics(
                        merge.purpose(),
                        merge.fileBytes(),
                        bytesOut,
                        entriesIn,
                        entriesOut,
                        hidden,
                        spent));
    }

    /// What was chosen.
    public Merge merge() {
        return merge;
    }

    /// How many entries were read so far.
    public long entriesRead() {
        return entriesIn;
    }

    /// Closes the inputs and deletes everything written; for any state, and once more does nothing.
    /// What cannot be deleted is left for the next opening of the store, and the first such failure
    /// thrown.
    public void abandon() throws IOException {
        if (state == State.ABANDONED) {
            return;
        }
        state = State.ABANDONED;
        IOException failure = null;
        EntryCursor open = source;
        source = null;
        if (open != null) {
            open.close();
        }
        MergeTables.Output partial = output;
        output = null;
        if (partial != null) {
            try {
                partial.abandon();
            } catch (IOException e) {
                failure = e;
            }
        }
        for (TableMeta table : outputs) {
            try {
                tables.delete(table);
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        outputs.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
