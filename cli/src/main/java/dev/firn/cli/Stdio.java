package dev.firn.cli;

import dev.firn.cli.draw.Paint;
import dev.firn.cli.text.TextOutput;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Standard input, output and error of a command, and which of them are a terminal.
///
/// A record-like value, so that tests run commands inside their own process.
public final class Stdio {
    private static final int COLUMNS_UNKNOWN = 100;

    private final InputStream in;
    private final TextOutput out;
    private final PrintStream err;
    private final boolean terminalIn;
    private final boolean terminalOut;
    private final boolean terminalErr;
    private final Map<String, String> environment;

    private Stdio(
            InputStream in,
            OutputStream out,
            OutputStream err,
            boolean terminalIn,
            boolean terminalOut,
            boolean terminalErr,
            Map<String, String> environment) {
        this.in = in;
        this.out = new TextOutput(out);
        this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
        this.terminalIn = terminalIn;
        this.terminalOut = terminalOut;
        this.terminalErr = terminalErr;
        this.environment = environment;
    }

    /// Those of this process.
    static Stdio ofProcess() {
        return new Stdio(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                isTerminal(0),
                isTerminal(1),
                isTerminal(2),
                System.getenv());
    }

    /// Streams that are no terminal.
    public static Stdio piped(InputStream in, OutputStream out, OutputStream err) {
        return new Stdio(in, out, err, false, false, false, Map.of());
    }

    /// Streams that claim to be a terminal, in an environment.
    static Stdio pretending(
            InputStream in, OutputStream out, OutputStream err, Map<String, String> environment) {
        return new Stdio(in, out, err, false, true, false, environment);
    }

    /// Asks the system without native code: on Linux by the name behind the descriptor; elsewhere
    /// by the console, which stands for all three.
    @SuppressWarnings("SystemConsoleNull") // not every JDK 25 has one when nobody is there
    private static boolean isTerminal(int descriptor) {
        Path link = Path.of("/proc/self/fd/" + descriptor);
        try {
            if (Files.isSymbolicLink(link)) {
                String name = Files.readSymbolicLink(link).toString();
                return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty")
                        || name.equals("/dev/console");
            }
        } catch (IOException e) {
            return false;
        }
        Console console = System.console();
        return !Files.isDirectory(Path.of("/proc/self/fd")) && console != null
                && console.isTerminal();
    }

    /// Standard input.
    public InputStream in() {
        return in;
    }

    /// Standard output. Flushed when the command ends.
    public TextOutput out() {
        return out;
    }

    /// Standard error.
    public PrintStream err() {
        return err;
    }

    /// Whether a person types the input.
    public boolean isTerminalIn() {
        return terminalIn;
    }

    /// Whether a person sees the output.
    public boolean isTerminalOut() {
        return terminalOut;
    }

    /// Whether a person sees errors and progress.
    public boolean isTerminalErr() {
        return terminalErr;
    }

    /// Colours for standard output: on a terminal that has them, unless NO_COLOR is set
    /// (no-color.org).
    public Paint paint() {
        boolean refused =
                !environment.getOrDefault("NO_COLOR", "").isEmpty()
                        || "dumb".equals(environment.get("TERM"));
        return Paint.of(terminalOut && !refused);
    }

    /// The width of the terminal, or 100 where there is none or it does not tell.
    public int columns() {
        String told = environment.getOrDefault("COLUMNS", "");
        if (told.matches("[1-9][0-9]{0,3}")) {
            return Integer.parseInt(told);
        }
        return terminalOut || terminalErr ? columnsOfTerminal() : COLUMNS_UNKNOWN;
    }

    private static int columnsOfTerminal() {
        try {
            Process stty =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(Path.of("/dev/tty").toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try (var reader = stty.inputReader(StandardCharsets.US_ASCII)) {
                String size = reader.readLine();
                String columns = size == null ? "" : size.substring(size.indexOf(' ') + 1).strip();
                return columns.matches("[1-9][0-9]{0,3}")
                        ? Integer.parseInt(columns)
                        : COLUMNS_UNKNOWN;
            }
        } catch (IOException e) {
            return COLUMNS_UNKNOWN;
        }
    }
}
