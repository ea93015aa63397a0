package dev.firn.cli.text;

/// Writes [EntryFormat#CSV]. A field is quoted when a comma or a quote is in it; line ends are
/// escaped, so an entry is always one line.
final class CsvWriter implements EntryWriter {
    private final TextOutput out;

    CsvWriter(TextOutput out) {
        this.out = out;
    }

    @Override
    public void write(byte[] key, byte[] value) {
        field(key);
        out.write(',');
        field(value);
        out.write('\n');
    }

    private void field(byte[] bytes) {
        int from = 0;
        boolean quoted = false;
        for (byte b : bytes) {
            quoted |= b == ',' || b == '"';
        }
        if (!quoted) {
            Escapes.write(bytes, bytes.length, out);
            return;
        }
        out.write('"');
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '"') {
                // A quote is ASCII, so cutting there never cuts a character.
                Escapes.write(java.util.Arrays.copyOfRange(bytes, from, i + 1), i + 1 - from, out);
                out.write('"');
                from = i + 1;
            }
        }
        Escapes.write(java.util.Arrays.copyOfRange(bytes, from, bytes.length), bytes.length - from,
                out);
        out.write('"');
    }
}
