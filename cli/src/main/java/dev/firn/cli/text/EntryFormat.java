package dev.firn.cli.text;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The formats in which entries are dumped and loaded. Each carries any bytes.
public enum EntryFormat {
    /// `key<tab>value`, a line each, escaped by [Escapes].
    TSV,
    /// `key,value` by RFC 4180, with [Escapes] inside the fields.
    CSV,
    /// `{"key": "…", "value": "…"}`, a line each; `key64` and `value64` for bytes that are not
    /// UTF-8.
    JSONL,
    /// A line with the key and a line with the value, escaped by [Escapes].
    LINES;

    /// The name as one types it.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The format of a file by the ending of its name, or null when that tells nothing.
    public static @Nullable EntryFormat ofFileName(String name) {
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return switch (ending) {
            case "tsv" -> TSV;
            case "csv" -> CSV;
            case "jsonl", "ndjson" -> JSONL;
            case "lines" -> LINES;
            default -> null;
        };
    }

    /// A reader of this format.
    public EntryReader reader(TextInput in) {
        return switch (this) {
            case TSV -> new TsvReader(in);
            case CSV -> new CsvReader(in);
            case JSONL -> new JsonLinesReader(in);
            case LINES -> new LinesReader(in);
        };
    }

    /// A writer of this format.
    public EntryWriter writer(TextOutput out) {
        return switch (this) {
            case TSV -> (key, value) -> writeEscaped(key, '\t', value, out);
            case CSV -> new CsvWriter(out);
            case JSONL -> new JsonLinesWriter(out);
            case LINES -> (key, value) -> writeEscaped(key, '\n', value, out);
        };
    }

    private static void writeEscaped(byte[] key, char separator, byte[] value, TextOutput out) {
        Escapes.write(key, key.length, out);
        out.write(separator);
        Escapes.write(value, value.length, out);
        out.write('\n');
    }
}
