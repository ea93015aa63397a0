package dev.firn.cli.text;

import dev.firn.Entry;
import dev.firn.Keyspace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Reads [EntryFormat#JSONL]: one flat object a line, with exactly one key and one value. Blank
/// lines are skipped.
final class JsonLinesReader implements EntryReader {
    private static final String EXPECTED =
            "; expected {\"key\": \"…\", \"value\": \"…\"} (or key64, value64 with base64)";

    private final TextInput in;
    private final JsonText text;
    private byte @Nullable [] key;
    private byte @Nullable [] value;
    private long line;

    JsonLinesReader(TextInput in) {
        this.in = in;
        text = new JsonText(in);
    }

    @Override
    public @Nullable Entry next() throws IOException, MalformedEntryException {
        in.skipBlankLines();
        if (in.peek() == TextInput.END) {
            return null;
        }
        line = in.line();
        key = null;
        value = null;
        try {
            return readObject();
        } catch (MalformedEntryException e) {
            in.skipLine(line);
            throw e.inLine(line);
        }
    }

    @Override
    public long line() {
        return line;
    }

    private Entry readObject() throws IOException, MalformedEntryException {
        expect('{');
        do {
            member();
            text.skipSpace();
        } while (accept(','));
        expect('}');
        text.skipSpace();
        if (in.peek() != TextInput.END && in.peek() != '\n') {
            throw new MalformedEntryException("text after the object" + EXPECTED);
        }
        in.read();
        if (key == null || value == null) {
            throw new MalformedEntryException("no " + (key == null ? "key" : "value") + EXPECTED);
        }
        return new Entry(key, value);
    }

    private void member() throws IOException, MalformedEntryException {
        text.skipSpace();
        String name = new String(string("name", 64), StandardCharsets.UTF_8);
        expect(':');
        text.skipSpace();
        switch (name) {
            case "key" -> key = once(key, string("key", Keyspace.KEY_BYTES_MAX));
            case "value" -> value = once(value, string("value", Keyspace.VALUE_BYTES_MAX));
            case "key64" -> key = once(key, base64("key", Keyspace.KEY_BYTES_MAX));
            case "value64" -> value = once(value, base64("value", Keyspace.VALUE_BYTES_MAX));
            default -> throw new MalformedEntryException(
                    "unknown member \"" + Escapes.escape(name.getBytes(StandardCharsets.UTF_8))
                            + "\"" + EXPECTED);
        }
    }

    private static byte[] once(byte @Nullable [] before, byte[] now)
            throws MalformedEntryException {
        if (before != null) {
            throw new MalformedEntryException("the key or the value is there twice" + EXPECTED);
        }
        return now;
    }

    private byte[] string(String what, long bytesMax) throws IOException, MalformedEntryException {
        if (in.peek() != '"') {
            throw new MalformedEntryException("no string where one belongs" + EXPECTED);
        }
        return text.string(what, bytesMax);
    }

    private byte[] base64(String what, long bytesMax) throws IOException, MalformedEntryException {
        byte[] encoded = string(what + " in base64", (bytesMax + 2) / 3 * 4);
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            throw new MalformedEntryException("the " + what + " is not base64");
        }
        if (bytes.length > bytesMax) {
            throw new MalformedEntryException(
                    "the " + what + " is longer than " + bytesMax + " bytes");
        }
        return bytes;
    }

    private void expect(char c) throws IOException, MalformedEntryException {
        text.skipSpace();
        if (!accept(c)) {
            throw new MalformedEntryException("no '" + c + "' where one belongs" + EXPECTED);
        }
    }

    private boolean accept(char c) throws IOException {
        boolean there = in.peek() == c;
        if (there) {
            in.read();
        }
        return there;
    }
}
