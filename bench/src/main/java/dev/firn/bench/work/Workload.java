package dev.firn.bench.work;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/// What is measured, named as in db_bench and YCSB.
public enum Workload {
    /// Puts in key order.
    FILLSEQ(Start.EMPTY, "puts in the order of keys"),
    /// Puts in random order, each key once.
    FILLRANDOM(Start.EMPTY, "puts in random order, each key once"),
    /// Batches of puts in random order.
    FILLBATCH(Start.EMPTY, "batches of 100 puts in random order, atomic where the store can"),
    /// Puts that wait for the disk.
    FILLSYNC(Start.EMPTY, "puts in random order, each on the disk when it returns"),
    /// Puts that wait for the disk, by eight threads.
    FILLSYNC8(Start.EMPTY, "the same by eight threads"),
    /// Puts to keys that exist.
    OVERWRITE(Start.COPY, "puts to random keys that exist"),
    /// Gets, evenly spread.
    READRANDOM(Start.SHARED, "gets of random keys"),
    /// Gets by two threads.
    READRANDOM2(Start.SHARED, "the same by two threads"),
    /// Gets of keys that do not exist.
    READMISSING(Start.SHARED, "gets of keys that do not exist, between those that do"),
    /// Gets of which few keys get most.
    READHOT(Start.SHARED, "gets of keys by Zipf's law (0.99)"),
    /// A scan of everything.
    READSEQ(Start.SHARED, "scans of everything, in entries"),
    /// A scan of everything, backwards.
    READREVERSE(Start.SHARED, "scans of everything backwards, in entries"),
    /// Short scans.
    SEEK10(Start.SHARED, "seeks to a random key, each with the 10 entries from there on"),
    /// Longer scans.
    SEEK100(Start.SHARED, "seeks to a random key, each with the 100 entries from there on"),
    /// Gets while another thread writes.
    READWHILEWRITING(Start.COPY, "gets of random keys while another thread overwrites"),
    /// Gets while another thread writes at a given rate.
    READWHILEPACED(Start.COPY, "the same, the writer as fast as RocksDB's and no faster"),
    /// Deletes in random order.
    DELETERANDOM(Start.COPY, "deletes of all keys in random order"),
    /// Scans of what little is left, right after the deletes.
    SCANDELETED(Start.COPY, "scans in entries, right after 95 % were deleted"),
    /// Scans of what little is left, when background work is done.
    SCANSETTLED(Start.COPY, "the same when background work is done"),
    /// Opening what was closed.
    REOPEN(Start.COPY, "opens of a store that was closed, each up to the first get"),
    /// Opening what was not closed.
    REOPENKILLED(Start.KILLED,
            "open of a store whose process ended with 40 MB in the log, up to the first get"),
    /// YCSB: update heavy.
    YCSBA(Start.COPY, "YCSB A: half gets, half puts, by Zipf's law"),
    /// YCSB: read mostly.
    YCSBB(Start.COPY, "YCSB B: 95 % gets, 5 % puts"),
    /// YCSB: read only.
    YCSBC(Start.SHARED, "YCSB C: gets"),
    /// YCSB: read latest.
    YCSBD(Start.COPY, "YCSB D: 95 % gets of what is new, 5 % new keys"),
    /// YCSB: short ranges.
    YCSBE(Start.COPY, "YCSB E: 95 % scans of 1 to 100 entries, 5 % new keys"),
    /// YCSB: read, modify, write.
    YCSBF(Start.COPY, "YCSB F: half gets, half get and put of the same key");

    /// What a workload begins with.
    public enum Start {
        /// An empty store.
        EMPTY,
        /// A filled and settled store that is not changed.
        SHARED,
        /// A copy of it.
        COPY,
        /// What a process left that ended without closing its store.
        KILLED
    }

    private final Start start;
    private final String description;

    Workload(Start start, String description) {
        this.start = start;
        this.description = description;
    }

    /// What it begins with.
    public Start start() {
        return start;
    }

    /// What it does, in a few words.
    public String description() {
        return description;
    }

    /// Whether it measures writes that leave background work.
    public boolean isWriting() {
        return start == Start.EMPTY || this == OVERWRITE || this == DELETERANDOM;
    }

    /// Whether it ends with a number of operations instead of a time.
    boolean isCounted() {
        return isWriting() && !isSynced();
    }

    /// Whether it measures how long opening takes.
    boolean isReopening() {
        return this == REOPEN || this == REOPENKILLED;
    }

    /// Whether writes wait for the disk.
    boolean isSynced() {
        return this == FILLSYNC || this == FILLSYNC8;
    }

    /// How many threads do the measured operations.
    int threads() {
        return switch (this) {
            case FILLSYNC8 -> 8;
            case READRANDOM2 -> 2;
            default -> 1;
        };
    }

    /// Its name on the command line and in tables.
    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The workload with a label.
    @JsonCreator
    public static Workload of(String label) {
        return Arrays.stream(values()).filter(workload -> workload.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no workload named " + label));
    }
}
