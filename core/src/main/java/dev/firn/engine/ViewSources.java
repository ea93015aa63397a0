package dev.firn.engine;

import dev.firn.cursor.ConcatenatingCursor;
import dev.firn.cursor.EntryCursor;
import dev.firn.cursor.MergingCursor;
import dev.firn.key.UserKey;
import dev.firn.manifest.Run;
import dev.firn.manifest.TableMeta;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Opens one cursor over everything in a view that may hold keys of a range.
final class ViewSources {
    private ViewSources() {}

    /// A cursor over the memtables and runs, newest first, with tables trimmed as the version says.
    static EntryCursor open(
            ReadView view, TableFiles files, byte @Nullable [] from, byte @Nullable [] to)
            throws IOException {
        UserKey lower = from == null ? null : UserKey.owning(from);
        UserKey upper = to == null ? null : UserKey.owning(to);
        List<EntryCursor> sources = new ArrayList<>();
        try {
            for (LiveMemtable live : view.memtables()) {
                if (live == view.active() || !live.isEmpty()) {
                    sources.add(live.memtable.cursor());
                }
            }
            Tree tree = view.tree();
            for (int run = 0; run < tree.runs(); run++) {
                EntryCursor source = run(tree.run(run), tree.tables(run), files, lower, upper);
                if (source != null) {
                    sources.add(source);
                }
            }
            return MergingCursor.of(sources.toArray(EntryCursor[]::new));
        } catch (Throwable t) {
            sources.forEach(EntryCursor::close);
            throw t;
        }
    }

    private static @Nullable EntryCursor run(
            Run run,
            TableHandle[] handles,
            TableFiles files,
            @Nullable UserKey lower,
            @Nullable UserKey upper)
            throws IOException {
        int first = 0;
        while (first < handles.length && !run.table(first).overlaps(lower, upper)) {
            first++;
        }
        int end = first;
        while (end < handles.length && run.table(end).overlaps(lower, upper)) {
            end++;
        }
        if (first == end) {
            return null;
        }
        if (end - first == 1) {
            return table(run.table(first), handles[first], files);
        }
        return new ConcatenatingCursor(new Parts(run, handles, files, first, end - first));
    }

    private static EntryCursor table(TableMeta meta, TableHandle handle, TableFiles files)
            throws IOException {
        return files
                .table(handle)
                .cursor(files.buffers(), files.counters(), meta.lower(), meta.upper(), true);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Parts(Run run, TableHandle[] handles, TableFiles files, int first, int count)
            implements
                ConcatenatingCursor.Parts {
        @Override
        public UserKey smallest(int part) {
            return run.table(first + part).first();
        }

        @Override
        public UserKey largest(int part) {
            return run.table(first + part).end();
        }

        @Override
        public EntryCursor open(int part) throws IOException {
            return table(run.table(first + part), handles[first + part], files);
        }
    }
}
