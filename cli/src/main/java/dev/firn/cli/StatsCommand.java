package dev.firn.cli;

import dev.firn.Firn;
import dev.firn.Keyspace;
import dev.firn.Statistics;
import dev.firn.cli.draw.StatisticsReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `firn stats`: the figures of a store.
@Command(name = "stats", description = "Prints the figures of a store (and of one"
        + " keyspace, or all).")
final class StatsCommand implements Callable<Integer> {
    @Mixin
    private StoreTarget target;

    @Option(names = "--json", description = "As one object of JSON.")
    private boolean json;

    @Override
    public Integer call() {
        try (Firn store = target.openToRead()) {
            Statistics statistics = of(store, target.keyspaceIfNamed(store));
            if (json) {
                target.stdio().out().println(statistics.toJson());
            } else {
                StatisticsReport.of(statistics, target.stdio().paint())
                        .forEach(target.stdio().out()::println);
            }
        }
        return ExitCode.OK;
    }

    /// The statistics, with the figures of one keyspace only if one was named.
    private static Statistics of(Firn store, @org.jspecify.annotations.Nullable Keyspace keyspace) {
        Statistics s = store.statistics();
        return keyspace == null
                ? s
                : new Statistics(
                        s.sequence(),
                        s.keyspaces().stream().filter(k -> k.name().equals(keyspace.name()))
                                .toList(),
                        s.memory(),
                        s.cache(),
                        s.filters(),
                        s.log(),
                        s.work(),
                        s.stalls(),
                        s.handles(),
                        s.failure());
    }
}
