package dev.firn.cli.demo;

import dev.firn.KeyspaceOptions;
import dev.firn.Options;
import dev.firn.StoreEvent;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// How a demonstration runs. The memtable is small, so that a hundred megabytes make many flushes
/// and several levels.
///
/// @param memoryBytes the memory budget
/// @param memtableBytes the size at which a memtable is flushed
/// @param tableBytes the size at which a compaction's table is closed
/// @param wanted which keys of the class library are loaded
/// @param writing how long the child process writes before it is killed
public record DemoSettings(
        long memoryBytes,
        long memtableBytes,
        long tableBytes,
        Predicate<String> wanted,
        Duration writing) {
    /// For people.
    public static DemoSettings usual() {
        return new DemoSettings(64 << 20, 4 << 20, 4 << 20, key -> true, Duration.ofMillis(1500));
    }

    Options options(Consumer<StoreEvent> listener) {
        return Options.defaults()
                .withMemoryBytes(memoryBytes)
                .withMemtableBytes(memtableBytes)
                .withKeyspaceDefaults(KeyspaceOptions.defaults().withTableBytes(tableBytes))
                .withListener(listener);
    }
}
