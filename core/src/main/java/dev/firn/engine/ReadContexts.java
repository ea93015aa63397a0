package dev.firn.engine;

import dev.firn.sstable.ReadScratch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// The pin of the read path: a read enters, then looks at a view, and leaves when it has its
/// answer. What a view held is freed only when every read that had entered before the view was
/// replaced has left (read-copy-update, McKenney and Slingwine 1998).
///
/// Reads are short: a cursor enters for each of its batches, not for its life. Contexts are spread
/// by thread, so two threads touch different cache lines; there are no thread-local variables,
/// which would multiply with virtual threads.
///
/// Order: a reader marks its context (full fence), then reads the view. A writer replaces the view
/// (volatile), then looks at the marks (after a full fence). So either the writer sees the mark and
/// waits for it, or the reader sees the new view.
final class ReadContexts {
    private static final int SLOTS = 32;

    /// The reads that were under way when something was replaced.
    static final class Grace {
        private final List<ReadContext> busy = new ArrayList<>();
        private final List<Long> marks = new ArrayList<>();

        /// Whether all of them have left.
        boolean isOver() {
            for (int i = busy.size() - 1; i >= 0; i--) {
                if (busy.get(i).mark() != marks.get(i)) {
                    busy.remove(i);
                    marks.remove(i);
                }
            }
            return busy.isEmpty();
        }
    }

    private final Supplier<ReadScratch> scratches;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile ReadContext[] contexts;

    ReadContexts(Supplier<ReadScratch> scratches) {
        this.scratches = scratches;
        this.contexts = new ReadContext[SLOTS];
    }

    /// Begins a read on the calling thread.
    ReadContext enter() {
        ReadContext[] all = contexts;
        int hash = (int) ((Thread.currentThread().threadId() * 0x9e3779b97f4a7c15L) >>> 59);
        ReadContext context = all[hash];
        if (context != null && context.tryEnter()) {
            return context;
        }
        return enterElsewhere(hash);
    }

    private ReadContext enterElsewhere(int hash) {
        ReadContext[] all = contexts;
        for (int i = 0; i < all.length; i++) {
            ReadContext context = all[hash + i < all.length ? hash + i : hash + i - all.length];
            if (context == null) {
                break;
            }
            if (context.tryEnter()) {
                return context;
            }
        }
        lock.lock();
        try {
            return add(hash);
        } finally {
            lock.unlock();
        }
    }

    private ReadContext add(int hash) {
        ReadContext added = new ReadContext(scratches.get());
        boolean entered = added.tryEnter();
        assert entered;
        ReadContext[] all = contexts.clone();
        for (int i = 0; i < all.length; i++) {
            int slot = hash + i < all.length ? hash + i : hash + i - all.length;
            if (all[slot] == null) {
                all[slot] = added;
                contexts = all;
                return added;
            }
        }
        ReadContext[] more = java.util.Arrays.copyOf(all, all.length * 2);
        more[all.length] = added;
        contexts = more;
        return added;
    }

    /// The reads that may still see what was replaced before this call.
    Grace grace() {
        java.lang.invoke.VarHandle.fullFence();
        Grace grace = new Grace();
        for (ReadContext context : contexts) {
            if (context != null) {
                long mark = context.mark();
                if ((mark & 1) != 0) {
                    grace.busy.add(context);
                    grace.marks.add(mark);
                }
            }
        }
        return grace;
    }

    /// Gives the buffers of all contexts back; no read is under way and none begins.
    void close() {
        for (ReadContext context : contexts) {
            if (context != null) {
                context.scratch.close();
            }
        }
    }
}
