package dev.firn.engine;

import dev.firn.StoreEvent;
import dev.firn.TableInfo;
import dev.firn.compaction.CompactionChoice;
import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.CompactionChoice.Move;
import dev.firn.compaction.CompactionChoice.Purpose;
import dev.firn.compaction.Installation;
import dev.firn.compaction.MergeJob;
import dev.firn.compaction.MergeOutcome;
import dev.firn.compaction.MergeStatistics;
import dev.firn.manifest.Change;
import dev.firn.manifest.InvalidEditException;
import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.StoreState;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.VersionEdit;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Carries out what a policy has chosen: a merge step by step, a move or a drop at once. The result
/// is installed by one edit, if what it was made of is still there; else it is thrown away, which
/// is no error (the keyspace was dropped, say).
final class CompactionTask implements Scheduler.Task {
    private static final int ENTRIES_PER_STEP = 8192;
    private static final long PAUSE_NANOS_MAX = 5_000_000;
    private static final MergeStatistics NOTHING =
            new MergeStatistics(Purpose.RUNS, 0, 0, 0, 0, 0, 0);

    /// What all tasks of a store share.
    record Tools(
            Storage storage,
            TableBuilder builder,
            VersionSet versions,
            TableFiles files,
            Snapshots snapshots,
            Health health,
            Tasks tasks,
            Figures figures,
            Events events,
            RateLimit rateLimit,
            Scheduler scheduler) {}

    /// Hears of the end of a task.
    interface Listener {
        /// Some of it is done: so many bytes of input, about.
        void progressed(Compactions.Job job, double bytes);

        /// A task is over.
        ///
        /// @param failure what ended it early, or null
        /// @param newerEntries entries read from all but the oldest run
        /// @param shadowed entries dropped because a newer one hides them
        void finished(
                Compactions.Job job, @Nullable Throwable failure, long newerEntries, long shadowed);
    }

    private static final class Vanished extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Vanished() {
            super(null, null, false, false);
        }
    }

    private final Tools tools;
    private final Compactions.Job job;
    private final Listener listener;
    private final long started;
    private @Nullable MergeFiles files;
    private @Nullable MergeJob merge;
    private @Nullable MergeOutcome outcome;
    private boolean installing;
    private boolean ended;

    CompactionTask(Tools tools, Compactions.Job job, Listener listener) {
        this.tools = tools;
        this.job = job;
        this.listener = listener;
        this.started = tools.scheduler().nanoTime();
    }

    @Override
    public boolean step() {
        try {
            return stepOrThrow();
        } catch (IOException e) {
            // The files of a dropped keyspace may be gone already.
            end(job.work().keyspace.isDropped() ? null : e);
            return true;
        } catch (Throwable t) {
            end(t);
            return true;
        }
    }

    private boolean stepOrThrow() throws IOException {
        if (tools.tasks().isClosing()
                || tools.health().isPoisoned()
                || job.work().keyspace.isDropped()) {
            end(null);
            return true;
        }
        if (job.choice() instanceof Merge choice) {
            return stepMerge(choice);
        }
        if (install()) {
            tell();
        }
        end(null);
        return true;
    }

    private boolean stepMerge(Merge choice) throws IOException {
        MergeJob run = merge;
        if (run == null) {
            MergeFiles opened = new MergeFiles(tools, job, choice);
            files = opened;
            run =
                    new MergeJob(
                            choice,
                            job.work().keyspace.id(),
                            tools.snapshots().capture(),
                            opened,
                            () -> tools.tasks().isClosing() || job.work().keyspace.isDropped());
            merge = run;
        }
        long owed = tools.rateLimit().owed();
        if (owed > 0 && !tools.tasks().isClosing()) {
            tools.scheduler().pause(Math.min(owed, PAUSE_NANOS_MAX));
            return false;
        }
        switch (run.step(ENTRIES_PER_STEP)) {
            case MORE -> {
                MergeFiles opened = files;
                tools.rateLimit().spent(opened == null ? 0 : opened.newlyWritten());
                listener.progressed(job, job.progress().read(run.entriesRead()));
                return false;
            }
            case CANCELLED -> end(null);
            case DONE -> {
                MergeOutcome done = run.outcome();
                outcome = done;
                if (!done.outputs().isEmpty()) {
                    tools.builder().syncNames();
                }
                if (install()) {
                    // The outputs belong to the version now: nothing is left to abandon.
                    merge = null;
                    tell();
                }
                end(null);
            }
        }
        return true;
    }

    /// Makes the result take effect.
    ///
    /// @return false when what it was made of has gone meanwhile
    private boolean install() throws IOException {
        StoreKeyspace keyspace = job.work().keyspace;
        installing = true;
        try {
            tools.versions().commit(this::edit, state -> show(keyspace, state));
            return true;
        } catch (Vanished | InvalidEditException e) {
            return false;
        }
    }

    private VersionEdit edit(StoreState state) {
        int id = job.work().keyspace.id();
        KeyspaceState keyspace = state.keyspace(id);
        if (keyspace == null || !Installation.isStillValid(job.choice(), keyspace.version())) {
            throw new Vanished();
        }
        MergeOutcome done = outcome;
        return new VersionEdit(
                List.<Change>copyOf(
                        done != null
                                ? done.changes()
                                : Installation.changes(job.choice(), id, List.of())));
    }

    private void show(StoreKeyspace keyspace, StoreState state) {
        KeyspaceState after = state.keyspace(keyspace.id());
        if (after != null) {
            tools.versions().show(keyspace, after, null);
        }
    }

    /// What has become durable must not be taken for failed because of a figure.
    private void tell() {
        try {
            report();
        } catch (Throwable t) {
            tools.health().upkeep().failed(t);
        }
    }

    private void report() {
        CompactionChoice choice = job.choice();
        MergeOutcome done = outcome;
        int level = level(choice);
        List<TableInfo> in = new ArrayList<>();
        for (Input input : choice.inputs()) {
            for (TableMeta table : input.tables()) {
                in.add(TreeInfo.of(table, input.level(), input.run()));
            }
        }
        List<TableInfo> out = new ArrayList<>();
        if (choice instanceof Move move) {
            for (Input input : move.inputs()) {
                input.tables()
                        .forEach(table -> out.add(TreeInfo.of(table, level, move.run())));
            }
        } else if (done != null) {
            done.outputs().forEach(table -> out.add(TreeInfo.of(table, level, runOf(choice))));
        }
        MergeStatistics figures = done == null ? NOTHING : done.statistics();
        if (done != null) {
            tools
                    .figures()
                    .compacted(
                            figures.bytesIn(), figures.bytesOut(),
                            figures.purpose() == Purpose.SETTLE);
        } else {
            tools.figures().moved(in.size());
        }
        long nanos = tools.scheduler().nanoTime() - started;
        String keyspace = job.work().keyspace.name();
        Recordings.compaction(
                keyspace, choice.reason(), level, figures.bytesIn(), figures.bytesOut(), nanos);
        tools
                .events()
                .tell(
                        new StoreEvent.Compacted(
                                job.work().keyspace.name(),
                                choice.reason(),
                                choice instanceof Move,
                                level,
                                in,
                                out,
                                figures.entriesIn(),
                                figures.hidden(),
                                figures.spentTombstones(),
                                figures.bytesIn(),
                                figures.bytesOut(),
                                nanos));
    }

    private static int level(CompactionChoice choice) {
        return switch (choice) {
            case Merge m -> m.level();
            case Move m -> m.level();
            default -> -1;
        };
    }

    private static long runOf(CompactionChoice choice) {
        return switch (choice) {
            case Merge m -> m.run();
            case Move m -> m.run();
            default -> -1;
        };
    }

    private void end(@Nullable Throwable failure) {
        if (ended) {
            return;
        }
        ended = true;
        MergeJob run = merge;
        merge = null;
        if (run != null && !(installing && tools.health().isPoisoned())) {
            // After a failed manifest write it is not known whether the edit counts: then the files
            // stay.
            try {
                run.abandon();
            } catch (Throwable t) {
                job.work().health.failed(t);
            }
        }
        MergeFiles opened = files;
        files = null;
        try {
            if (opened != null) {
                opened.close();
            }
            tools.versions().release(job.tree());
        } catch (Throwable t) {
            tools.health().upkeep().failed(t);
        }
        // Whatever happened: a job that does not end would block its keyspace for good.
        MergeOutcome done = outcome;
        try {
            listener.finished(
                    job,
                    failure,
                    done == null ? 0 : newerEntries(done),
                    done == null ? 0 : done.statistics().hidden());
        } catch (Throwable t) {
            job.work().health.failed(t);
        }
    }

    /// About how many of the entries read were not of the oldest run.
    private static long newerEntries(MergeOutcome done) {
        List<Input> inputs = done.merge().inputs();
        long all = 0;
        long oldest = 0;
        for (Input input : inputs) {
            oldest = 0;
            for (TableMeta table : input.tables()) {
                oldest += table.entries();
            }
            all += oldest;
        }
        return all == 0
                ? 0
                : Math.round((double) done.statistics().entriesIn() * (all - oldest) / all);
    }
}
