package dev.firn.cli.text;

/// Writes entries as text, so that the reader of the same format gives the same bytes.
@FunctionalInterface
public interface EntryWriter {
    /// Writes an entry.
    void write(byte[] key, byte[] value);
}
