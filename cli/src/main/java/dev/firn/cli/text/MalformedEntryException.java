package dev.firn.cli.text;

/// Input that is not in the format it should be in. Says what is wrong and what was expected.
public final class MalformedEntryException extends Exception {
    private static final long serialVersionUID = 1L;

    private final long line;

    /// Something is wrong; the line is not known yet.
    MalformedEntryException(String what) {
        this(0, what);
    }

    /// Something is wrong in a line.
    MalformedEntryException(long line, String what) {
        super(what);
        this.line = line;
    }

    /// The number of the line, from 1; 0 where there are no lines.
    public long line() {
        return line;
    }

    /// The same, in a line, unless it names one already.
    MalformedEntryException inLine(long number) {
        return line > 0 ? this : new MalformedEntryException(number, String.valueOf(getMessage()));
    }
}
