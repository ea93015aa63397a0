package dev.firn.cli.text;

import dev.firn.Entry;
import dev.firn.Keyspace;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads [EntryFormat#LINES]. No line is skipped: an empty one is an empty key or value.
final class LinesReader implements EntryReader {
    private final TextInput in;
    private final Field key = new Field("key", Keyspace.KEY_BYTES_MAX);
    private final Field value = new Field("value", Keyspace.VALUE_BYTES_MAX);
    private long line;

    LinesReader(TextInput in) {
        this.in = in;
    }

    @Override
    public @Nullable Entry next() throws IOException, MalformedEntryException {
        if (in.peek() == TextInput.END) {
            return null;
        }
        line = in.line();
        MalformedEntryException wrong = readLine(key);
        if (in.peek() == TextInput.END) {
            throw new MalformedEntryException(
                    line,
                    "a key without a value; expected a line with the key, then one with the value");
        }
        // The value's line is read also when the key is wrong, else all further lines would be off
        // by one.
        long valueLine = in.line();
        MalformedEntryException wrongValue = readLine(value);
        if (wrong != null) {
            throw wrong.inLine(line);
        }
        if (wrongValue != null) {
            throw wrongValue.inLine(valueLine);
        }
        return new Entry(key.take(), value.take());
    }

    @Override
    public long line() {
        return line;
    }

    private @Nullable MalformedEntryException readLine(Field field) throws IOException {
        field.clear();
        long number = in.line();
        try {
            for (int b = in.readUnix(); b != '\n' && b != TextInput.END; b = in.readUnix()) {
                field.add(b == '\\' ? Escapes.read(in) : b);
            }
            return null;
        } catch (MalformedEntryException e) {
            in.skipLine(number);
            return e;
        }
    }
}
