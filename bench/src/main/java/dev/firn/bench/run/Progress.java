package dev.firn.bench.run;

import dev.firn.bench.store.StoreKind;
import dev.firn.bench.work.Measured;
import dev.firn.bench.work.Workload;
import java.io.PrintWriter;
import java.util.Locale;

/// Tells what is measured now, what came out, and how long the rest will take.
final class Progress {
    private final PrintWriter out;
    private final int total;
    private final boolean isLive;
    private final long began = System.nanoTime();
    private int done;

    /// @param isLive whether lines may be overwritten, as on a terminal
    Progress(PrintWriter out, int total, boolean isLive) {
        this.out = out;
        this.total = total;
        this.isLive = isLive;
    }

    void begin(Scenario scenario, Workload workload, StoreKind store, int round) {
        if (isLive) {
            out.print("\r\033[K" + head(done + 1, scenario, workload, store, round) + " …");
            out.flush();
        }
    }

    void done(Result result) {
        done++;
        out.println((isLive ? "\r\033[K" : "")
                + head(done, result.scenario(), result.workload(), result.store(), result.round())
                + outcome(result) + "   " + left());
        out.flush();
    }

    private String head(int number, Scenario scenario, Workload workload, StoreKind store,
            int round) {
        return String.format(Locale.ROOT, "[%d/%d] %s round %d  %-16s %-16s", number, total,
                scenario.name(), round, workload.label(), store.label());
    }

    private static String outcome(Result result) {
        Measured measured = result.measured();
        if (measured == null) {
            return " failed: " + result.failure();
        }
        Double settled = measured.settledRate();
        return String.format(Locale.ROOT, "%,12.0f/s%s  p99 %s", measured.rate(),
                settled == null ? "" : String.format(Locale.ROOT, " (%,.0f settled)", settled),
                Figures.time((double) measured.latency().p99()));
    }

    private String left() {
        double seconds = (System.nanoTime() - began) / 1e9 / done * (total - done);
        return done == total
                ? ""
                : seconds < 90
                        ? String.format(Locale.ROOT, "%.0f s left", seconds)
                        : String.format(Locale.ROOT, "%.0f min left", seconds / 60);
    }
}
