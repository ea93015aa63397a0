package dev.firn.cli.text;

import java.util.Base64;

/// Writes [EntryFormat#JSONL]. Each field is text where it is valid UTF-8, else base64 under a name
/// that ends in `64`.
final class JsonLinesWriter implements EntryWriter {
    private final TextOutput out;

    JsonLinesWriter(TextOutput out) {
        this.out = out;
    }

    @Override
    public void write(byte[] key, byte[] value) {
        out.write('{');
        member("key", key);
        out.print(", ");
        member("value", value);
        out.print("}\n");
    }

    private void member(String name, byte[] bytes) {
        if (Utf8.isValid(bytes)) {
            out.print("\"" + name + "\": ");
            string(bytes);
        } else {
            out.print("\"" + name + "64\": \"");
            out.write(Base64.getEncoder().encode(bytes));
            out.write('"');
        }
    }

    private void string(byte[] utf8) {
        out.write('"');
        for (byte b : utf8) {
            if (b == '"' || b == '\\') {
                out.write('\\');
                out.write(b);
            } else if (b < 0 || (b >= 0x20 && b != 0x7f)) {
                out.write(b);
            } else {
                control(b);
            }
        }
        out.write('"');
    }

    private void control(byte b) {
        switch (b) {
            case '\t' -> out.print("\\t");
            case '\n' -> out.print("\\n");
            case '\r' -> out.print("\\r");
            default -> out.print(String.format("\\u%04x", (int) b));
        }
    }
}
