package dev.firn.cli;

import dev.firn.Cursor;
import dev.firn.KeyRange;
import dev.firn.KeyspaceReader;
import dev.firn.cli.text.EntryFormat;
import dev.firn.cli.text.EntryWriter;
import dev.firn.cli.text.Escapes;
import dev.firn.cli.text.TextOutput;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which entries a scan prints, and how; the same for the command and in the shell. Entries are
/// printed as they come from the cursor, so a scan takes no memory to speak of.
public final class ScanOptions {
    @Mixin
    private Literals literals;

    @Option(names = "--from", paramLabel = "K", description = "Begin at this key.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "K", description = "End before this key.")
    private @Nullable String to;

    @Option(names = "--prefix", paramLabel = "P", description = "Only keys that begin with this.")
    private @Nullable String prefix;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many entries.")
    private @Nullable Long limit;

    @Option(names = "--reverse", description = "From the last to the first.")
    private boolean reverse;

    @Option(names = "--keys-only", description = "Print no values.")
    private boolean keysOnly;

    @Option(names = "--count", description = "Print only how many there are.")
    private boolean countOnly;

    /// Refuses what makes no sense together.
    public void check() {
        range();
        if (limit != null && limit < 0) {
            throw CommandFailure.usage("--limit must not be negative");
        }
    }

    /// Prints the entries.
    public void print(KeyspaceReader keyspace, Stdio stdio) {
        TextOutput out = stdio.out();
        EntryWriter writer = stdio.isTerminalOut() ? painted(stdio) : EntryFormat.TSV.writer(out);
        long most = limit == null ? Long.MAX_VALUE : limit;
        long n = 0;
        try (Cursor cursor = keyspace.scan(range())) {
            while (n < most && (reverse ? cursor.previous() : cursor.next())) {
                n++;
                if (keysOnly && !countOnly) {
                    byte[] key = cursor.key();
                    Escapes.write(key, key.length, out);
                    out.write('\n');
                } else if (!countOnly) {
                    writer.write(cursor.key(), cursor.value());
                }
            }
        }
        if (countOnly) {
            out.println(Long.toString(n));
        }
    }

    private static EntryWriter painted(Stdio stdio) {
        return (key, value) -> {
            stdio.out().print(stdio.paint().bold(Escapes.escape(key)) + "\t");
            Escapes.write(value, value.length, stdio.out());
            stdio.out().write('\n');
        };
    }

    private KeyRange range() {
        if (prefix != null) {
            if (from != null || to != null) {
                throw CommandFailure.usage("--prefix goes with neither --from nor --to");
            }
            return KeyRange.prefix(literals.key(prefix));
        }
        if (from != null) {
            byte[] start = literals.key(from);
            return to == null ? KeyRange.from(start) : KeyRange.between(start, literals.key(to));
        }
        return to == null ? KeyRange.all() : KeyRange.to(literals.key(to));
    }
}
