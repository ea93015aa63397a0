package dev.firn.cli.draw;

import dev.firn.ReadTrace;
import dev.firn.ReadTrace.Step;
import java.util.List;

/// What a point read consulted, as lines to read.
public final class TraceReport {
    private static final int SKIPPED_SHOWN_MAX = 12;

    private TraceReport() {}

    /// A line for each place, in the order of the read.
    public static List<String> of(ReadTrace trace, Paint paint) {
        var table = new TextTable("", "");
        List<Step> steps = trace.steps();
        int hidden = Math.max(0, steps.size() - SKIPPED_SHOWN_MAX);
        for (int i = 0; i < steps.size(); i++) {
            if (hidden > 0 && i == SKIPPED_SHOWN_MAX - 2) {
                table.row("…",
                        Figures.count(hidden + 1) + " more that were passed over or had nothing");
                i += hidden + 1;
            }
            table.row(place(steps.get(i)), meaning(steps.get(i), paint));
        }
        return table.lines(4, paint);
    }

    private static String meaning(Step step, Paint paint) {
        return switch (step.outcome()) {
            case OUT_OF_RANGE -> paint.dim("passed over: the key is outside its key range");
            case FILTERED -> paint.dim("passed over: its filter says the key is not there; no"
                    + " block read");
            case ABSENT -> "looked into: not there";
            case VALUE -> paint.good("the value" + number(step));
            case TOMBSTONE -> paint.good("a tombstone" + number(step) + ": deleted");
        };
    }

    /// Compaction leaves out sequence numbers below all that is open: nothing asks for them.
    private static String number(Step step) {
        return step.sequence() == 0
                ? " (its sequence number is not kept)"
                : ", sequence " + Figures.count(step.sequence());
    }

    /// A run that was passed over whole is known by its level; its number is the engine's.
    private static String place(Step step) {
        return step.source().replaceFirst(" run [0-9]+$", " run");
    }
}
