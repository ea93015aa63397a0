package dev.firn;

/// Where a user of Firn starts. Opening a store will live here; the engine is not written yet.
public final class Firn {
    private Firn() {}
}
