package dev.firn.cli.text;

import dev.firn.Entry;
import dev.firn.Keyspace;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads [EntryFormat#CSV]: two fields a record and no header. A field in double quotes may hold
/// commas, line ends and doubled quotes. Blank lines are skipped.
final class CsvReader implements EntryReader {
    private static final String EXPECTED = "; expected KEY,VALUE";

    private final TextInput in;
    private final Field key = new Field("key", Keyspace.KEY_BYTES_MAX);
    private final Field value = new Field("value", Keyspace.VALUE_BYTES_MAX);
    private long line;

    CsvReader(TextInput in) {
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
            if (read(key) != ',') {
                throw new MalformedEntryException("no comma" + EXPECTED);
            }
            if (read(value) == ',') {
                throw new MalformedEntryException(
                        "more than two fields" + EXPECTED
                                + ", with a comma inside in double quotes");
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
        if (in.peek() == '"') {
            in.read();
            return readQuoted(field);
        }
        while (true) {
            int b = in.readUnix();
            switch (b) {
                case TextInput.END, '\n', ',' -> {
                    return b;
                }
                case '"' -> throw new MalformedEntryException(
                        "a quote inside a field that does not begin with one" + EXPECTED);
                case '\\' -> field.add(Escapes.read(in));
                default -> field.add(b);
            }
        }
    }

    private int readQuoted(Field field) throws IOException, MalformedEntryException {
        while (true) {
            int b = in.read();
            if (b == TextInput.END) {
                throw new MalformedEntryException("a quote that is never closed" + EXPECTED);
            } else if (b == '\\') {
                field.add(Escapes.read(in));
            } else if (b != '"') {
                field.add(b);
            } else if (in.peek() == '"') {
                field.add(in.read());
            } else {
                int after = in.readUnix();
                if (after != ',' && after != '\n' && after != TextInput.END) {
                    throw new MalformedEntryException("text after a closing quote" + EXPECTED);
                }
                return after;
            }
        }
    }
}
