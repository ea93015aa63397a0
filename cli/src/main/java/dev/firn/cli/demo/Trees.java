package dev.firn.cli.demo;

import dev.firn.Firn;
import dev.firn.Keyspace;
import dev.firn.KeyspaceTree;
import dev.firn.Statistics.KeyspaceStatistics;
import dev.firn.cli.draw.TreeDrawing;
import org.jspecify.annotations.Nullable;

/// The tree of one keyspace out of those of a store.
final class Trees {
    private Trees() {}

    static KeyspaceTree of(Firn store, Keyspace keyspace) {
        return store.tree().stream()
                .filter(tree -> tree.name().equals(keyspace.name()))
                .findFirst()
                .orElseThrow();
    }

    static KeyspaceStatistics statistics(Firn store, Keyspace keyspace) {
        return store.statistics().keyspaces().stream()
                .filter(k -> k.name().equals(keyspace.name()))
                .findFirst()
                .orElseThrow();
    }

    static void show(Firn store, Keyspace keyspace, Narrator narrator) {
        @Nullable
        KeyspaceStatistics figures = statistics(store, keyspace);
        narrator.show(
                TreeDrawing.draw(of(store, keyspace), figures, narrator.columns(),
                        narrator.paint()));
    }
}
