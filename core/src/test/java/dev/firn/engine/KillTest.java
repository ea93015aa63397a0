package dev.firn.engine;

import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.random;
import static dev.firn.engine.TestData.small;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Cursor;
import dev.firn.Durability;
import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.WriteBatch;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that writes is killed, over and over on one directory: each acknowledged entry is
/// there afterwards, and what is there is a prefix of what was written.
///
/// Entry n is a batch: key n here, and key n modulo [#SLOTS] in another keyspace. So tables are
/// merged, and both keyspaces have to end at the same entry.
class KillTest {
    private static final int CYCLES = 6;
    private static final int SLOTS = 1_000;

    @TempDir
    Path directory;

    /// The child: writes entries from a number on and says each when it is acknowledged.
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) throws Exception {
            long next = Long.parseLong(arguments[1]);
            // The raw stream: what was said must not wait in a buffer of ours when we are killed.
            var out = new FileOutputStream(FileDescriptor.out);
            Firn store = Firn.open(Path.of(arguments[0]), small());
            Keyspace slots = store.keyspace("slots");
            WriteBatch batch = WriteBatch.create();
            for (;; next++) {
                batch.clear();
                batch.put(store.keyspace(), number(next), value(next));
                batch.put(slots, number(next % SLOTS), number(next));
                store.write(batch, Durability.BUFFERED);
                out.write(number(next));
            }
        }
    }

    private static byte[] value(long n) {
        return random(n, 100 + (int) (n % 400));
    }

    @Test
    void whatWasAcknowledgedSurvivesEveryKill() throws Exception {
        Random random = new Random(42);
        long written = 0;
        long compactions = 0;
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            // Sometimes in the middle of the opening, mostly while it writes.
            long acknowledged = writeAndKill(written, random, cycle == 3);
            try (Firn store = Firn.open(directory, small())) {
                written = check(store, acknowledged);
                compactions += store.tree().stream().mapToInt(tree -> tree.tables().size()).sum();
            }
            assertThat(Firn.verify(directory, read -> {}).isClean()).isTrue();
        }
        assertThat(written).isGreaterThan(10_000);
        assertThat(compactions).isPositive();
        System.out.println("KillTest: " + written + " entries in " + CYCLES + " lives");
    }

    /// @return how many entries were acknowledged, with those of earlier lives
    private long writeAndKill(long from, Random random, boolean early) throws Exception {
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp", System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1", "-Xmx128m",
                Writer.class.getName(), directory.toString(), Long.toString(from))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        long acknowledged = from;
        try (InputStream stream = process.getInputStream();
                DataInputStream in = new DataInputStream(
                        new BufferedInputStream(stream))) {
            long until = early ? 1 : 2_000 + random.nextInt(4_000);
            while (acknowledged < from + until) {
                assertThat(in.readLong()).isEqualTo(acknowledged);
                acknowledged++;
            }
            // By its handle, which leaves our end of the pipe open: what it had said before it died
            // counts as well.
            process.toHandle().destroyForcibly();
            while (true) {
                try {
                    assertThat(in.readLong()).isEqualTo(acknowledged);
                    acknowledged++;
                } catch (EOFException e) {
                    break;
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return acknowledged;
    }

    /// @return how many entries there are
    private static long check(Firn store, long acknowledged) {
        long n = 0;
        try (Cursor cursor = store.scan(KeyRange.all())) {
            while (cursor.next()) {
                assertThat(cursor.key()).isEqualTo(number(n));
                assertThat(cursor.value()).isEqualTo(value(n));
                n++;
            }
        }
        // At most one more: the one that was written and not yet said.
        assertThat(n).isBetween(acknowledged, acknowledged + 1);
        Keyspace slots = store.keyspace("slots");
        for (long slot = 0; slot < Math.min(n, SLOTS); slot++) {
            long last = slot + (n - 1 - slot) / SLOTS * SLOTS;
            assertThat(slots.get(number(slot))).isEqualTo(number(last));
        }
        assertThat(store.get(number(n))).isNull();
        return n;
    }
}
