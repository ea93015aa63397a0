package dev.firn.engine;

import java.util.ArrayList;
import java.util.List;

/// Freezes memtables and waits for nothing, as a full write buffer does: what comes next happens
/// while a flush is under way.
public final class Freezing {
    private Freezing() {}

    /// Freezes the memtables of the named keyspaces.
    public static void freeze(Store store, List<String> names) {
        List<StoreKeyspace> spaces = new ArrayList<>();
        names.forEach(name -> spaces.add((StoreKeyspace) store.keyspace(name)));
        store.commits().freeze(spaces);
    }
}
