package dev.firn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Firn;
import dev.firn.Keyspace;
import dev.firn.StoreEvent;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Volume;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Interrupts change nothing.
@Tag("proof")
class InterruptStormAttackTest {
    private static final long ROUNDS = 50;

    /// So many calls of each method have to be interrupted in all.
    private static final long CALLS = 20;

    @TempDir
    Path directory;

    @Test
    void interruptsChangeNothing() throws Exception {
        InterruptStormAttack attack = new InterruptStormAttack();
        Tally tally = Volume.reach(InterruptStormAttackTest.class, attack, Count.ROUNDS, ROUNDS);
        if (tally.of(Count.ROUNDS) >= ROUNDS) {
            assertThat(attack.interrupted().keySet())
                    .containsExactlyInAnyOrderElementsOf(StormCalls.signatures(interfaces()));
            assertThat(attack.interrupted().values()).allMatch(calls -> calls >= CALLS);
        }
        System.out.println("InterruptStormAttackTest: " + tally + ", each method at least "
                + Collections.min(attack.interrupted().values()));
    }

    /// The interfaces that users call: whatever of the package is one and public, but for events,
    /// which are plain records.
    private static Stream<Class<?>> interfaces() throws Exception {
        Path classes = Path.of(
                Firn.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .resolve("dev/firn");
        try (Stream<Path> files = Files.list(classes)) {
            List<Class<?>> found = new ArrayList<>();
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                Class<?> type = Class.forName("dev.firn." + name);
                if (type.isInterface() && Modifier.isPublic(type.getModifiers())
                        && type.getEnclosingClass() == null && type != StoreEvent.class) {
                    found.add(type);
                }
            }
            return found.stream();
        }
    }

    @Test
    void everyPublicMethodIsCalled() throws Exception {
        try (Firn store = Firn.open(directory)) {
            Keyspace space = store.keyspace("storm");
            StormKeys keys = new StormKeys(0);
            Random random = new Random(1);
            try (StormReads reads = new StormReads(store, space, keys, random)) {
                assertThat(InterruptStormAttack.calls(store, directory, reads,
                        new StormWrites(store, space, keys, random, 0), random, 0).keySet())
                        .containsExactlyInAnyOrderElementsOf(
                                StormCalls.signatures(interfaces()));
            }
        }
    }
}
