package dev.firn.prove.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Volume;
import dev.firn.prove.disk.History.End;
import dev.firn.prove.disk.History.Look;
import dev.firn.storage.FileAccess;
import dev.firn.testkit.Change;
import dev.firn.testkit.ChangedFirn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// [CallFaults], in every run; a slow disk; and that an unnoticed error is noticed.
@Tag("proof")
class CallFaultsTest {
    private static final long FAULTS = 40;
    private static final long ROUNDS_MAX = 64;

    @TempDir
    Path scratch;

    @Test
    void everyErrorOfTheSystemEndsAsDocumented() throws Exception {
        CallFaults attack = new CallFaults();
        Tally tally = Volume.reach(CallFaultsTest.class, attack,
                counts -> counts.of(Count.ROUNDS) >= ROUNDS_MAX
                        || counts.of(Count.FAULTS) >= FAULTS && attack.neverFired().isEmpty());
        System.out.println("CallFaultsTest: " + tally + ", fired " + attack.fired()
                + ", never " + attack.neverFired());
        if (Long.getLong("firn.seed") == null) {
            // A fault that cannot fire proves nothing.
            assertThat(attack.neverFired()).as("never fired").isEmpty();
        }
    }

    @Test
    void aSlowDiskIsToldAndStopsNobody() throws Exception {
        Machine.needs("strace");
        Path store = scratch.resolve("store");
        Path recording = scratch.resolve("events.jfr");
        Path calls = scratch.resolve("calls");
        History history = new History(new Workload(1, Workload.Kind.SYNCED));
        Life.Start start = Life.Start.of(FileAccess.MAPPED).making(20)
                .under(Trace.inject(store, calls, "fdatasync", Trace.Target.LOG,
                        "delay_exit=200000"))
                .telling("-XX:StartFlightRecording:filename=" + recording,
                        "-Xlog:jfr*=off", "-Xlog:jfr+startup=off");
        Tally tally = new Tally();
        try (Life life = Life.start(store, history, start)) {
            life.awaitEnd(0);
            life.mustBeSound();
            assertThat(life.isDone()).isTrue();
            history.check(store, life.acknowledged(), End.PROCESS_DIED, Look.RECOVER, tally);
        }
        assertThat(Trace.injected(calls)).hasSizeGreaterThan(20);
        assertThat(RecordingFile.readAllEvents(recording).stream()
                .filter(event -> event.getEventType().getName().equals("dev.firn.Sync"))
                .map(event -> event.getDuration()))
                .hasSizeGreaterThanOrEqualTo(20)
                .anyMatch(lasted -> lasted.compareTo(Duration.ofMillis(200)) >= 0);
    }

    @Test
    void anErrorThatNobodyIsToldOfIsNoticed() throws Exception {
        Machine.needs("strace");
        ChangedFirn changed = new ChangedFirn(scratch, List.of(
                Change.of("storage/DiskWriteFile.java",
                        "public void force() throws IOException { file.force(); }",
                        "public void force() { try { file.force(); } catch (IOException e) {} }")));
        CallFaults attack = new CallFaults(Engines.with(changed));
        Tally tally = new Tally();
        assertThatThrownBy(() -> {
            for (long seed = 0; seed < 40; seed++) {
                attack.round(seed, tally);
            }
        }).isInstanceOf(Violation.class).hasMessageContaining("unnoticed");
        System.out.println("CallFaultsTest: a swallowed error, noticed after " + tally);
    }
}
