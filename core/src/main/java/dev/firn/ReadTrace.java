package dev.firn;

import java.util.List;

/// What a point read consulted, in order, and what each place answered.
///
/// @param found whether the key has a value
/// @param steps the places, newest first; the last one gave the answer
public record ReadTrace(boolean found, List<Step> steps) {
    /// Copies the list.
    public ReadTrace {
        steps = List.copyOf(steps);
    }

    /// One place.
    ///
    /// @param source `memtable`, `frozen memtable 1`, `L0 table 12` …
    /// @param outcome what it answered
    /// @param sequence the sequence number of the version found, or -1
    public record Step(String source, Outcome outcome, long sequence) {}

    /// The answers a place may give.
    public enum Outcome {
        /// The key lies outside the table's key range: nothing was read.
        OUT_OF_RANGE,
        /// The filter said that the key is not there: no block was read.
        FILTERED,
        /// It was looked for and is not there.
        ABSENT,
        /// A value was found: the answer.
        VALUE,
        /// A tombstone was found: the answer is that there is no value.
        TOMBSTONE
    }
}
