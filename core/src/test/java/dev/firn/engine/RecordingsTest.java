package dev.firn.engine;

import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.small;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Durability;
import dev.firn.Firn;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The flight recorder hears of flushes, compactions, stalls and syncs.
class RecordingsTest {
    @TempDir
    Path directory;

    @Test
    void flushesCompactionsStallsAndSyncsAreRecorded() throws Exception {
        Path file = directory.resolve("events.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            try (Firn store = Firn.open(directory.resolve("store"),
                    small().withDurability(Durability.SYNC))) {
                store.keyspace().put(number(1), number(2));
                store.flush();
                store.keyspace().put(number(1), number(3));
                store.flush();
                store.compact();
            }
            Recordings.stall("a reason", 7);
            recording.dump(file);
        }
        var events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.firn."))
                .toList();
        Set<String> names =
                events.stream().map(event -> event.getEventType().getName())
                        .collect(Collectors.toSet());
        assertThat(names)
                .contains(
                        "dev.firn.Flush", "dev.firn.Compaction", "dev.firn.Sync", "dev.firn.Stall");
        RecordedEvent flush = first(events, "dev.firn.Flush");
        assertThat(flush.getLong("entries")).isEqualTo(1);
        assertThat(flush.getString("keyspace")).isEqualTo("default");
        assertThat(flush.getLong("bytes")).isPositive();
        // A move has no bytes.
        assertThat(events)
                .filteredOn(event -> event.getEventType().getName().equals("dev.firn.Compaction"))
                .allMatch(event -> !event.getString("reason").isEmpty())
                .anyMatch(event -> event.getLong("bytesRead") > 0);
        assertThat(first(events, "dev.firn.Sync").getLong("position")).isPositive();
        assertThat(first(events, "dev.firn.Stall").getString("reason")).isEqualTo("a reason");
    }

    private static RecordedEvent first(Iterable<RecordedEvent> events, String name) {
        for (RecordedEvent event : events) {
            if (event.getEventType().getName().equals(name)) {
                return event;
            }
        }
        throw new AssertionError("no " + name);
    }
}
