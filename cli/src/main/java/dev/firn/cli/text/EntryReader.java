package dev.firn.cli.text;

import dev.firn.Entry;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads entries from text. Not thread-safe.
public sealed interface EntryReader
        permits TsvReader, CsvReader, JsonLinesReader, LinesReader, IntegerPairsReader {
    /// The next entry, or null at the end.
    ///
    /// @throws MalformedEntryException when what comes next is not an entry. The reader has gone
    ///     beyond it then, and may be called again
    @Nullable
    Entry next() throws IOException, MalformedEntryException;

    /// The number of the line on which the last entry began, from 1; 0 where there are no lines.
    long line();
}
