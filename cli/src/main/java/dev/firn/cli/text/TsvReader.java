package dev.firn.cli.text;

import dev.firn.Entry;
import dev.firn.Keyspace;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads [EntryFormat#TSV]. Blank lines are skipped: an entry has a tab.
final class TsvReader implements EntryReader {
    private final TextInput in;
    private final Field key = new Field("key", Keyspace.KEY_BYTES_MAX);
    private final Field value = new Field("value", Keyspace.VALUE_BYTES_MAX);
    private long line;

    TsvReader(TextInput in) {
        this.in = in;
    }

    @Override
    public @Nullable Entry next() throws IOException, MalformedEntryException {
        in.skipBlankLines();
        if (in.peek() == TextInput.END) {
            return null;
        }
        line = in.line();
        key.clear();
        value.clear();
        try {
            if (read(key) != '\t') {
                throw new MalformedEntryException("no tab; expected KEY<tab>VALUE");
            }
            if (read(value) == '\t') {
                throw new MalformedEntryException(
                        "more than one tab; expected KEY<tab>VALUE, with a tab inside written \\t");
            }
        } catch (MalformedEntryException e) {
            in.skipLine(line);
            throw e.inLine(line);
        }
        return new Entry(key.take(), value.take());
    }

    @Override
    public long line() {
        return line;
    }

    /// Reads a field and returns what ended it.
    private int read(Field field) throws IOException, MalformedEntryException {
        while (true) {
            int b = in.readUnix();
            switch (b) {
                case TextInput.END, '\n', '\t' -> {
                    return b;
                }
                case '\\' -> field.add(Escapes.read(in));
                default -> field.add(b);
            }
        }
    }
}
