package dev.firn.sstable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.storage.CorruptException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every damage of a small table is reported, with file and offset, or does not matter: never a
/// wrong value, another exception, or a hang.
class TableDamageTest {
    private static final List<Version> ENTRIES = entries();

    private static List<Version> entries() {
        var list = new ArrayList<Version>();
        for (int i = 0; i < 28; i++) {
            byte[] key =
                    ("key" + (100 + i / 2)).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            byte[] value = new byte[i * 2];
            Arrays.fill(value, (byte) ('a' + i % 4));
            long sequence = 1000 - i;
            list.add(i % 7 == 3
                    ? Version.delete(key, sequence)
                    : Version.put(key, sequence, value));
        }
        return list;
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "lz4", "deflate"})
    void everyBitFlipIsReported(String codec) throws IOException {
        try (Rig rig = new Rig(64 << 20, 1 << 16, 1 << 20)) {
            byte[] file = rig.write(rig.settings(codec, 1024, 10), ENTRIES);
            assertThat(file.length).isLessThanOrEqualTo(8 << 10);
            for (int bit = 0; bit < file.length * 8; bit++) {
                file[bit >> 3] ^= (byte) (1 << (bit & 7));
                assertDamageIsSeen(rig, file, ENTRIES, "bit " + bit);
                file[bit >> 3] ^= (byte) (1 << (bit & 7));
            }
            assertThat(readAll(rig, file, ENTRIES)).isNull();
        }
    }

    @Test
    void everyTruncationAndExtensionIsReported() throws IOException {
        try (Rig rig = new Rig(64 << 20, 1 << 16, 1 << 20)) {
            byte[] file = rig.write(rig.settings("none", 1024, 10), ENTRIES);
            for (int length = 0; length < file.length; length++) {
                byte[] cut = Arrays.copyOf(file, length);
                assertThatThrownBy(() -> rig.open(cut)).as("cut to " + length)
                        .isInstanceOf(CorruptException.class);
            }
            for (int more = 1; more < 200; more++) {
                byte[] longer = Arrays.copyOf(file, file.length + more);
                assertThatThrownBy(() -> rig.open(longer)).isInstanceOf(CorruptException.class);
            }
        }
    }

    @Test
    void zeroedRangesAreReported() throws IOException {
        try (Rig rig = new Rig(64 << 20, 1 << 16, 1 << 20)) {
            byte[] file = rig.write(rig.settings("none", 1024, 10), ENTRIES);
            for (int length : new int[]{16, 64, 512}) {
                for (int at = 0; at + length <= file.length; at += 8) {
                    byte[] zeroed = file.clone();
                    Arrays.fill(zeroed, at, at + length, (byte) 0);
                    if (!Arrays.equals(zeroed, file)) {
                        assertDamageIsSeen(rig, zeroed, ENTRIES, length + " zeros at " + at);
                    }
                }
            }
        }
    }

    @Test
    void blocksInAnotherPlaceAreReported() throws IOException {
        var entries = new ArrayList<Version>();
        for (int i = 0; i < 200; i++) {
            entries.add(Version.put("%06d".formatted(i).getBytes(
                    java.nio.charset.StandardCharsets.US_ASCII), 7, new byte[100]));
        }
        try (Rig rig = new Rig(64 << 20, 1 << 16, 1 << 20)) {
            TableSettings settings = rig.settings("none", 1024, 10);
            byte[] file = rig.write(settings, entries);
            byte[] other = rig.write(settings, entries, TableIdentity.of(
                    Rig.IDENTITY.storeId(), 43));
            List<int[]> blocks = TableDump.blocks(file);
            int swaps = 0;
            for (int[] a : blocks) {
                // The same block of another table with the same content: only the salt tells.
                byte[] foreign = file.clone();
                System.arraycopy(other, a[0], foreign, a[0], a[1]);
                assertDamageIsSeen(rig, foreign, entries, "a foreign block at " + a[0]);
                for (int[] b : blocks) {
                    if (a != b && a[1] == b[1]) {
                        byte[] copied = file.clone();
                        System.arraycopy(file, a[0], copied, b[0], a[1]);
                        assertDamageIsSeen(rig, copied, entries, "block " + a[0] + " over " + b[0]);
                        swaps++;
                    }
                }
            }
            assertThat(swaps).isGreaterThan(200);
        }
    }

    @Test
    void tablesOfOthersAreRefused() throws IOException {
        try (Rig rig = new Rig(64 << 20, 1 << 16, 1 << 20)) {
            byte[] file = rig.write(rig.settings("none", 1024, 10), ENTRIES);
            assertThatThrownBy(() -> rig.open(file, TableIdentity.of(5, 42)))
                    .isInstanceOf(CorruptException.class).hasMessageContaining("another store");
            assertThatThrownBy(
                    () -> rig.open(file, TableIdentity.of(Rig.IDENTITY.storeId(), 41)))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining("another table");
        }
    }

    /// Verification notices the damage, and every read is right or reports it.
    private static void assertDamageIsSeen(Rig rig, byte[] file, List<Version> entries,
            String what) {
        try {
            CorruptException seen = readAll(rig, file, entries);
            assertThat(seen).as(what).isNotNull();
            assertThat(seen.file()).isEqualTo("000042.sst");
            assertThat(seen.offset()).isBetween(0L, (long) file.length);
        } catch (RuntimeException | IOException | AssertionError e) {
            throw new AssertionError(what, e);
        }
    }

    /// Reads the table in every way and verifies it. A read that answers must be right; "not there"
    /// is an answer too.
    ///
    /// @return what opening or verification reported, or null
    private static CorruptException readAll(Rig rig, byte[] file, List<Version> entries)
            throws IOException {
        Table table;
        try {
            table = rig.open(file);
        } catch (CorruptException e) {
            return e;
        }
        try (table) {
            for (Version v : entries) {
                try {
                    Version found = rig.get(table, v.key(), v.trailer() >>> 8);
                    if (found == null || !found.isSame(v)) {
                        throw new AssertionError("got " + found + " instead of " + v);
                    }
                } catch (CorruptException expected) {
                    assertThat(expected.file()).isNotEmpty();
                }
            }
            int n = 0;
            try (TableCursor cursor = rig.cursor(table)) {
                for (boolean is = cursor.seekToFirst(); is; is = cursor.next()) {
                    Version found = Rig.at(cursor);
                    if (!found.isSame(entries.get(n))) {
                        throw new AssertionError("found " + found + " at " + n);
                    }
                    n++;
                }
                assertThat(n).isEqualTo(entries.size());
            } catch (CorruptException expected) {
                assertThat(n).isLessThan(entries.size());
            }
            List<CorruptException> reported = rig.verify(table);
            return reported.isEmpty() ? null : reported.getFirst();
        }
    }
}
