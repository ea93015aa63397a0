package dev.firn.engine;

import dev.firn.Durability;
import dev.firn.engine.FaultRun.Start;
import dev.firn.prove.Violation;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;

/// Opens healthy copies of the disk of a [FaultRun], to see what is on it.
final class FaultCopy {
    private final FaultTold told;
    private final long seed;
    private long checked;

    /// @param told of the run
    FaultCopy(FaultTold told, long seed) {
        this.told = told;
        this.seed = seed;
    }

    /// How many entries were compared.
    long checked() {
        return checked;
    }

    /// What is there.
    Map<String, NavigableMap<byte[], byte[]>> found(Start left) {
        FaultRun copy = opened(left, seed + 1);
        var found = copy.found();
        copy.close();
        return Objects.requireNonNull(found);
    }

    /// Opens a copy of a disk, compares, and loses power after a write that is durable: what was
    /// recovered has to be durable too by then.
    void check(Start left, boolean power) {
        FaultRun next = opened(left, seed + 1);
        var found = compare(next, power, power ? "after a power loss" : "after reopening");
        if (power) {
            next.close();
            return;
        }
        next.model().became(found);
        next.put("default", 4, 10, Durability.SYNC);
        Start lost = next.lostPower(seed * 3);
        next.close();
        FaultRun last = opened(lost, seed + 2);
        compare(last, true, "power was lost after a recovery");
        last.close();
    }

    private FaultRun opened(Start left, long withSeed) {
        FaultRun copy = new FaultRun(left, withSeed, false, false);
        if (!copy.open()) {
            throw told.violation(Violation.Kind.LOST, "the store does not open any more",
                    copy.told().last());
        }
        return copy;
    }

    private Map<String, NavigableMap<byte[], byte[]>> compare(FaultRun copy, boolean power,
            String when) {
        var found = copy.found();
        if (found == null) {
            throw told.violation(Violation.Kind.UNEXPECTED_ERROR, when + ": unreadable",
                    copy.told().last());
        }
        checked += FaultRun.entries(found);
        told.require(copy.model().wrong(found, power, true), when);
        return found;
    }
}
