package dev.firn.cli;

/// What the process tells the one that started it.
final class ExitCode {
    /// Done.
    static final int OK = 0;

    /// Not done, or `get` found no value, or `verify` or `dump-file` found damage, or `repair`
    /// found some that it would have to repair (a dry run) or that cost something. A line on
    /// standard error says why.
    static final int FAILED = 1;

    /// The command line is wrong.
    static final int USAGE = 2;

    /// An error in firn itself (EX_SOFTWARE of sysexits.h).
    static final int BUG = 70;

    private ExitCode() {}
}
