package dev.firn.cli;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// A progress bar on standard error, when that is a terminal; else nothing. It is gone when closed.
public final class Progress implements AutoCloseable {
    private final Stdio stdio;
    private final @Nullable ProgressBar bar;

    private Progress(Stdio stdio, @Nullable ProgressBar bar) {
        this.stdio = stdio;
        this.bar = bar;
    }

    /// The progress of a task to an end, in units of some size; an end of -1 is not known.
    public static Progress of(Stdio stdio, String task, long end, String unit, long unitSize) {
        if (!stdio.isTerminalErr()) {
            return new Progress(stdio, null);
        }
        return new Progress(stdio,
                new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(end)
                        .setUnit(unit, unitSize)
                        .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                        .setUpdateIntervalMillis(100)
                        .showSpeed(new DecimalFormat("0.0",
                                DecimalFormatSymbols.getInstance(Locale.ROOT)))
                        .startsFrom(0, Duration.ZERO)
                        .clearDisplayOnFinish()
                        .setConsumer(new Line(stdio.err(), Math.min(stdio.columns() - 1, 120)))
                        .build());
    }

    /// So far.
    public void at(long position) {
        if (bar != null) {
            bar.stepTo(position);
        }
    }

    /// Writes a line to standard error, in place of the bar, which is drawn again below it.
    public void say(String line) {
        String over = bar == null ? "" : "\r" + " ".repeat(stdio.columns() - 1) + "\r";
        stdio.err().println(over + line);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }

    /// The line the bar is drawn on, over and over. Unlike the library's own it asks no terminal
    /// for its width and leaves nothing behind.
    private record Line(PrintStream err, int columns) implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return columns;
        }

        @Override
        public void accept(String text) {
            err.print("\r" + text);
            err.flush();
        }

        @Override
        public void clear() {
            err.print("\r" + " ".repeat(columns) + "\r");
            err.flush();
        }

        @Override
        public void close() {
            err.flush();
        }
    }
}
