package dev.firn.cli;

import dev.firn.FirnException;
import dev.firn.cli.draw.Paint;
import dev.firn.cli.text.TextOutput.OutputClosedException;
import dev.firn.cli.text.TextOutput.OutputFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/// One run of the command line: whatever goes wrong becomes one line on standard error and an exit
/// code. A stack trace is shown for errors of our own only.
public final class CommandRun {
    static final String OUT_OF_MEMORY =
            "the Java heap is too small for this; FIRN_JAVA_OPTS=-Xmx2g firn … gives it more";

    private final Stdio stdio;

    CommandRun(Stdio stdio) {
        this.stdio = stdio;
    }

    int run(String... args) {
        int code;
        try {
            // Help goes through memory: the parser takes a failed write for an error of its own.
            var help = new StringWriter();
            code = commandLine().setOut(new PrintWriter(help)).execute(args);
            stdio.out().print(help.toString()).flush();
        } catch (OutputClosedException | OutputFailedException e) {
            code = failed(e, "firn");
        } catch (Error e) {
            // The parser hands on exceptions only.
            code = failed(e, "firn");
        }
        stdio.err().flush();
        return code;
    }

    private CommandLine commandLine() {
        var err = new PrintWriter(stdio.err(), true, StandardCharsets.UTF_8);
        boolean coloured = stdio.paint() == Paint.COLOURED;
        return new CommandLine(new FirnCommand(stdio))
                .setErr(err)
                .setColorScheme(
                        CommandLine.Help.defaultColorScheme(coloured ? Ansi.ON : Ansi.OFF))
                // A key may begin with "@", and is not the name of a file then.
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(this::misused)
                .setExecutionExceptionHandler(
                        (e, command, given) -> failed(e,
                                command.getCommandSpec().qualifiedName()));
    }

    private int misused(ParameterException e, String... given) {
        stdio.err().println(new Misuse(e, given).line());
        return ExitCode.USAGE;
    }

    private int failed(Throwable e, String command) {
        return switch (e) {
            case OutputClosedException closed -> ExitCode.OK;
            case OutputFailedException failed -> say(command, failed.getMessage(), ExitCode.FAILED);
            case CommandFailure failure -> say(command, failure.getMessage(), failure.exitCode());
            case FirnException failure -> say(command, describe(failure), ExitCode.FAILED);
            case IOException failure -> say(command, describe(failure), ExitCode.FAILED);
            case UncheckedIOException failure when failure.getCause() != null ->
                    say(command, describe(failure.getCause()), ExitCode.FAILED);
            case OutOfMemoryError exhausted -> say(command, OUT_OF_MEMORY, ExitCode.FAILED);
            default -> bug(command, e);
        };
    }

    private int say(String command, @Nullable String what, int code) {
        String message = String.valueOf(what);
        // Output that was written before belongs before it, also when both go to one terminal.
        try {
            stdio.out().flush();
        } catch (OutputClosedException | OutputFailedException closed) {
            // What went wrong first is what counts.
        }
        stdio.err().println(command + ": " + message.replaceAll("\\s*\\R\\s*", " "));
        return code;
    }

    private int bug(String command, Throwable e) {
        say(command, "this is a bug in firn, please report it with what follows", ExitCode.BUG);
        e.printStackTrace(stdio.err());
        return ExitCode.BUG;
    }

    /// What a store says, in terms of the command line: it speaks to programmers.
    public static String describe(FirnException e) {
        return String.valueOf(e.getMessage())
                .replace("(Options.withMemoryBytes)", "(--memory SIZE)");
    }

    /// What an exception of the file system means; many have but a path for a message.
    public static String describe(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + ": no such file or directory";
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case NotDirectoryException file -> file.getFile() + ": is not a directory";
            case FileSystemException other when other.getReason() != null ->
                    other.getFile() + ": " + reason(other.getReason());
            case IOException other when other.getMessage() != null -> reason(other.getMessage());
            default -> "an input or output error";
        };
    }

    private static String reason(String told) {
        return told.replace("Read-only file system", "the file system is read-only")
                .replace("Too many open files",
                        "too many open files; raise the limit of the process (ulimit -n)")
                .replace("No space left on device", "no space is left on the disk")
                .replace("Not a directory", "a part of this path is not a directory")
                .replace("Is a directory", "is a directory");
    }
}
