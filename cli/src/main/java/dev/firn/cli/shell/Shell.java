package dev.firn.cli.shell;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.Keyspace;
import dev.firn.cli.CommandFailure;
import dev.firn.cli.CommandRun;
import dev.firn.cli.Stdio;
import dev.firn.cli.text.MalformedEntryException;
import dev.firn.cli.text.TextInput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads commands for a store, from a person or from a script, until they end.
public final class Shell {
    /// A longer line is no command; big values are loaded from a file.
    private static final int LINE_BYTES_MAX = 16 << 20;

    private final ShellSession session;
    private final Stdio stdio;

    /// A shell on a keyspace of a store.
    public Shell(Firn store, Keyspace keyspace, Stdio stdio) {
        session = new ShellSession(store, keyspace, stdio);
        this.stdio = stdio;
    }

    /// Reads commands until they end.
    ///
    /// @return how many failed; a person's failed commands are not counted
    public long run() throws IOException {
        if (stdio.isTerminalIn() && stdio.isTerminalOut()) {
            interact();
            return 0;
        }
        return script(new TextInput(stdio.in()));
    }

    private long script(TextInput in) throws IOException {
        long failed = 0;
        boolean more = true;
        for (long number = 1; more; number++) {
            String problem = null;
            try {
                byte[] line = in.readLine(LINE_BYTES_MAX);
                if (line == null) {
                    break;
                }
                more = session.run(line);
            } catch (Exception e) {
                problem = problem(e);
            }
            if (problem != null) {
                failed++;
                stdio.out().flush();
                stdio.err().println("firn shell: line " + number + ": " + problem);
            }
        }
        return failed;
    }

    private void interact() throws IOException {
        try (var terminal = new ShellTerminal(session)) {
            boolean more = true;
            while (more) {
                String line = terminal.readLine();
                if (line == null) {
                    return;
                }
                try {
                    more = session.run(line.getBytes(StandardCharsets.UTF_8));
                } catch (Exception e) {
                    stdio.out().println(stdio.paint().bad(problem(e)));
                }
                stdio.out().flush();
            }
        }
    }

    /// What went wrong, if the line or the store is to blame; what we are to blame for goes on its
    /// way, and so does an output that nobody reads.
    private static String problem(Exception e) throws IOException {
        @Nullable
        String message =
                switch (e) {
                    case ShellException wrong -> wrong.getMessage();
                    case MalformedEntryException wrong -> wrong.getMessage();
                    case CommandFailure failure -> failure.getMessage();
                    case FirnException failure -> CommandRun.describe(failure);
                    case IOException failure -> CommandRun.describe(failure);
                    case RuntimeException ours -> throw ours;
                    default -> throw new IllegalStateException(e);
                };
        return String.valueOf(message);
    }
}
