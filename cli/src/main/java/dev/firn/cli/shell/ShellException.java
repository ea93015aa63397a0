package dev.firn.cli.shell;

/// A line of the shell that cannot be carried out as it is written.
final class ShellException extends Exception {
    private static final long serialVersionUID = 1L;

    ShellException(String message) {
        super(message);
    }
}
