package dev.firn.cli;

/// Why a command cannot do what was asked, in one line for a person, and the exit code.
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /// A failure with the usual exit code, 1.
    public CommandFailure(String message) {
        this(ExitCode.FAILED, message);
    }

    private CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /// A failure to say what is wanted in a way that could be carried out, exit code 2.
    public static CommandFailure usage(String message) {
        return new CommandFailure(ExitCode.USAGE, message);
    }

    int exitCode() {
        return exitCode;
    }
}
