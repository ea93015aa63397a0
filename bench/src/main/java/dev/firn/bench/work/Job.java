package dev.firn.bench.work;

import dev.firn.bench.store.Session;
import java.io.IOException;
import org.HdrHistogram.Histogram;

/// What one thread does over and over.
interface Job {
    /// Does the next operation.
    ///
    /// @return how many operations it counts for
    long step() throws IOException;

    /// How many entries one recorded latency is for. A job that says more than one records the
    /// latencies itself.
    default int latencyOf() {
        return 1;
    }

    /// Bytes of keys and values given to puts and deletes so far.
    default long userBytes() {
        return 0;
    }

    /// Makes the job of a thread.
    interface Factory {
        /// The job of the thread with this number, which records in `latencies`.
        Job job(Session session, int thread, Histogram latencies);
    }
}
