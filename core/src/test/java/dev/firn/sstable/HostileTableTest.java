package dev.firn.sstable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.storage.CorruptException;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files made to do harm: changed at random, with all checksums put right. What they answer is
/// their maker's business; but nothing may fail other than by a report, run for long, or take much
/// memory.
class HostileTableTest {
    private static final Long ONLY = Long.getLong("firn.sstable.seed");

    @ParameterizedTest
    @ValueSource(strings = {"none", "lz4"})
    void forgedTablesDoNoHarm(String codec) throws IOException {
        run(codec, 0, 3_000);
    }

    /// Every block in turn says that it has two gigabytes before compression, checksums right: that
    /// is no reason to allocate them.
    @Test
    void declaredSizesAreHeldAgainstLimits() throws IOException {
        try (Rig rig = new Rig(8 << 20, 1 << 16, 1 << 18)) {
            List<Version> entries = entries();
            byte[] file = rig.write(rig.settings("lz4", 1024, 10), entries);
            var crc = new CRC32C();
            for (int[] block : TableDump.blocks(file)) {
                for (int raw : new int[]{Integer.MAX_VALUE, -1, Integer.MIN_VALUE, 1 << 30}) {
                    byte[] forged = file.clone();
                    Bytes.putInt(forged, block[0] + 4, raw);
                    Checksum.put(crc, forged, block[0], block[1], block[0] + 12,
                            Checksum.salt(Rig.IDENTITY.tableId(), block[0]));
                    assertThat(isReported(rig, forged, entries)).isTrue();
                }
            }
        }
    }

    @Tag("long")
    @Test
    void manyForgedTablesDoNoHarm() throws IOException {
        run("none", 1_000_000, 500_000);
    }

    private static void run(String codec, long firstSeed, int seeds) throws IOException {
        // Small: an allocation without a limit fails at once.
        try (Rig rig = new Rig(8 << 20, 1 << 16, 1 << 18)) {
            List<Version> entries = entries();
            byte[] file = rig.write(rig.settings(codec, 1024, 10), entries);
            int reported = 0;
            for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
                long used = ONLY == null ? seed : ONLY;
                try {
                    reported += isReported(rig, forged(file, new SplittableRandom(used)), entries)
                            ? 1
                            : 0;
                } catch (RuntimeException | IOException | Error e) {
                    throw new AssertionError("replay with -Dtest=HostileTableTest"
                            + " -Dfirn.sstable.seed=" + used, e);
                }
            }
            assertThat(reported).isGreaterThan(seeds / 2);
        }
    }

    private static List<Version> entries() {
        var entries = new ArrayList<Version>();
        for (int i = 0; i < 60; i++) {
            byte[] value = new byte[i == 31 ? 300_000 : i];
            Arrays.fill(value, (byte) i);
            entries.add(i % 11 == 5
                    ? Version.delete(key(i), i)
                    : Version.put(key(i), 1_000 * i, value));
        }
        return entries;
    }

    private static byte[] key(int i) {
        return ("user/" + (i / 20) + "/some/longer/path/" + (100 + i) + (i % 3 == 0 ? "x" : ""))
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] forged(byte[] original, SplittableRandom r) {
        byte[] file = original.clone();
        int footer = file.length - Footer.LENGTH;
        List<int[]> blocks = TableDump.blocks(file);
        for (int n = 1 + r.nextInt(3); n > 0; n--) {
            int[] block = blocks.get(r.nextInt(blocks.size()));
            int content = block[0] + BlockEnvelope.LENGTH;
            int length = block[1] - BlockEnvelope.LENGTH;
            switch (r.nextInt(6)) {
                case 0 -> file[footer + 8 + r.nextInt(Footer.LENGTH - 8)] = odd(r);
                case 1 -> file[block[0] + r.nextInt(12)] = odd(r);
                case 2 -> Bytes.putInt(file, content + r.nextInt(Math.max(1, length - 4)),
                        r.nextBoolean() ? r.nextInt() : r.nextInt(300));
                // The first bytes of a block are the ones that steer.
                case 3 -> file[content + r.nextInt(Math.min(length, 32))] = odd(r);
                default -> file[content + r.nextInt(length)] = odd(r);
            }
        }
        var crc = new CRC32C();
        long tableId = Rig.IDENTITY.tableId();
        for (int[] block : blocks) {
            Checksum.put(crc, file, block[0], block[1], block[0] + 12,
                    Checksum.salt(tableId, block[0]));
        }
        Checksum.put(crc, file, footer, Footer.LENGTH, footer + 76,
                Checksum.salt(Bytes.getLong(file, footer + 24), footer));
        return file;
    }

    private static byte odd(SplittableRandom r) {
        return switch (r.nextInt(4)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> (byte) (1 << r.nextInt(8));
            default -> (byte) r.nextInt(256);
        };
    }

    private static boolean isReported(Rig rig, byte[] file, List<Version> entries)
            throws IOException {
        boolean reported = false;
        Table table;
        try {
            table = rig.open(file);
        } catch (CorruptException e) {
            return true;
        }
        try (table) {
            reported |= !rig.verify(table).isEmpty();
            for (Version v : entries) {
                try {
                    rig.get(table, v.key(), v.trailer() >>> 8);
                } catch (CorruptException e) {
                    reported = true;
                }
            }
            try (TableCursor cursor = rig.cursor(table)) {
                Rig.forward(cursor);
                Rig.backward(cursor);
            } catch (CorruptException e) {
                reported = true;
            }
        }
        return reported;
    }
}
