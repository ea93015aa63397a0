package dev.firn.sstable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The oracle is the library lz4-java, in both directions.
class Lz4CodecTest {
    private static final LZ4Factory ORACLE = LZ4Factory.safeInstance();
    private static final byte CANARY = 0x5a;
    private static final int MARGIN = 40;

    private final Lz4Codec codec = new Lz4Codec();

    @Test
    void theLibraryReadsWhatWeWriteAndWeReadWhatItWrites() throws IOException {
        crossCheck(1, 3_000, 5_000);
        crossCheck(2, 60, 300_000);
    }

    @Test
    @Tag("long")
    void theLibraryAndWeAgreeOnMuchMore() throws IOException {
        crossCheck(3, 300_000, 5_000);
        crossCheck(4, 3_000, 300_000);
    }

    @Test
    void tinyInputs() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        for (int length = 0; length <= 80; length++) {
            crossCheck(new byte[length], random);
            for (int i = 0; i < 30; i++) {
                crossCheck(Samples.of(random, length), random);
            }
        }
    }

    @Test
    void incompressibleBytesGrowWithinTheBound() {
        SplittableRandom random = new SplittableRandom(6);
        for (int length : new int[]{0, 1, 14, 15, 16, 254, 255, 269, 270, 271, 4096, 70_000}) {
            byte[] raw = Samples.noise(random, length, 256);
            byte[] room = new byte[codec.maxCompressedLength(length)];
            assertThat(codec.compress(raw, 0, length, room, 0)).isBetween(length, room.length);
        }
    }

    /// Decoders may rely on it: the last five bytes are literals, the last match begins twelve
    /// bytes or more before the end.
    @Test
    void theEndIsAsTheFormatWants() {
        SplittableRandom random = new SplittableRandom(12);
        for (int i = 0; i < 5_000; i++) {
            byte[] raw = Samples.of(random, random.nextInt(200));
            byte[] stored = compressed(raw);
            int d = 0;
            int s = 0;
            while (true) {
                int token = stored[s++] & 0xff;
                int literals = token >>> 4;
                for (int more = literals == 15 ? 255 : 0; more == 255; literals += more) {
                    more = stored[s++] & 0xff;
                }
                s += literals;
                d += literals;
                if (s == stored.length) {
                    assertThat(d).isEqualTo(raw.length);
                    assertThat(literals).isGreaterThanOrEqualTo(Math.min(5, raw.length));
                    break;
                }
                assertThat(raw.length - d).isGreaterThanOrEqualTo(12);
                s += 2;
                int matched = token & 15;
                for (int more = matched == 15 ? 255 : 0; more == 255; matched += more) {
                    more = stored[s++] & 0xff;
                }
                d += matched + 4;
            }
        }
    }

    @Test
    void halfOfTheBenchmarksBytesRemain() {
        byte[] raw = Samples.entries(new SplittableRandom(7), 32 * 1024);
        byte[] room = new byte[codec.maxCompressedLength(raw.length)];
        int made = codec.compress(raw, 0, raw.length, room, 0);
        int oracle = ORACLE.fastCompressor().compress(raw).length;
        assertThat(made).isLessThan(oracle * 103 / 100);
    }

    @Test
    void theSameInputGivesTheSameOutputWhateverCameBefore() {
        SplittableRandom random = new SplittableRandom(8);
        byte[] raw = Samples.entries(random, 4096);
        byte[] first = compressed(raw);
        for (int i = 0; i < 50; i++) {
            compressed(Samples.of(random, random.nextInt(100_000)));
            assertThat(compressed(raw)).isEqualTo(first);
        }
    }

    @Test
    void damagedInputIsRefusedOrHarmless() {
        damage(9, 60_000);
    }

    @Test
    @Tag("long")
    void muchDamagedInputIsRefusedOrHarmless() {
        damage(10, 5_000_000);
    }

    @Test
    void truncationAndWrongLengthsAreRefused() {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 200; i++) {
            byte[] raw = Samples.of(random, 1 + random.nextInt(400));
            byte[] stored = compressed(raw);
            for (int cut = 0; cut < stored.length; cut++) {
                int length = cut;
                assertThatThrownBy(() -> restore(stored, length, raw.length))
                        .isInstanceOf(IOException.class);
            }
            for (int wrong : new int[]{0, raw.length - 1, raw.length + 1, raw.length + 100}) {
                if (wrong != raw.length) {
                    assertThatThrownBy(() -> restore(stored, stored.length, wrong))
                            .isInstanceOf(IOException.class);
                }
            }
        }
    }

    @Test
    void aLengthThatNeverEndsIsRefused() {
        byte[] endless = new byte[1 << 20];
        Arrays.fill(endless, (byte) 0xff);
        assertThatThrownBy(() -> restore(endless, endless.length, 4096))
                .isInstanceOf(IOException.class);
    }

    private void crossCheck(long seed, int rounds, int lengthMax) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < rounds; i++) {
            crossCheck(Samples.of(random, random.nextInt(lengthMax)), random);
        }
    }

    private void crossCheck(byte[] raw, SplittableRandom random) throws IOException {
        int at = random.nextInt(10);
        int dstAt = random.nextInt(10);
        byte[] src = new byte[at + raw.length + random.nextInt(10)];
        random.nextBytes(src);
        System.arraycopy(raw, 0, src, at, raw.length);
        byte[] before = src.clone();
        int room = codec.maxCompressedLength(raw.length);
        byte[] dst = new byte[dstAt + room + 10];
        Arrays.fill(dst, CANARY);
        int made = codec.compress(src, at, raw.length, dst, dstAt);
        assertThat(src).isEqualTo(before);
        assertOnly(dst, dstAt, room);

        byte[] byLibrary = new byte[raw.length];
        assertThat(ORACLE.safeDecompressor().decompress(dst, dstAt, made, byLibrary, 0))
                .isEqualTo(raw.length);
        assertThat(byLibrary).isEqualTo(raw);
        assertThat(restore(Arrays.copyOfRange(dst, dstAt, dstAt + made), made, raw.length))
                .isEqualTo(raw);
        byte[] theirs = ORACLE.fastCompressor().compress(raw);
        assertThat(restore(theirs, theirs.length, raw.length)).isEqualTo(raw);
    }

    private void damage(long seed, int rounds) {
        SplittableRandom random = new SplittableRandom(seed);
        int refused = 0;
        for (int i = 0; i < rounds; i++) {
            byte[] raw = Samples.of(random, random.nextInt(300));
            byte[] stored = compressed(raw);
            for (int n = 1 + random.nextInt(3); n > 0 && stored.length > 0; n--) {
                stored[random.nextInt(stored.length)] = switch (random.nextInt(4)) {
                    case 0 -> 0;
                    case 1 -> (byte) 0xff;
                    case 2 -> (byte) 0xf0;
                    default -> (byte) random.nextInt(256);
                };
            }
            byte[] byLibrary = null;
            try {
                byte[] out = new byte[raw.length];
                if (ORACLE.safeDecompressor().decompress(stored, 0, stored.length, out, 0)
                        == raw.length) {
                    byLibrary = out;
                }
            } catch (LZ4Exception e) {
                // Then it has to be refused here or give something harmless.
            }
            try {
                byte[] ours = restore(stored, stored.length, raw.length);
                if (byLibrary != null) {
                    assertThat(ours).as("seed %d round %d", seed, i).isEqualTo(byLibrary);
                }
            } catch (IOException e) {
                refused++;
                if (e.getMessage().contains("offset of 0 ")) {
                    continue; // which the library takes for zeros, but the format forbids
                }
                assertThat(byLibrary).as("seed %d round %d: %s", seed, i, e).isNull();
            }
        }
        assertThat(refused).isGreaterThan(rounds / 3);
    }

    private byte[] compressed(byte[] raw) {
        byte[] room = new byte[codec.maxCompressedLength(raw.length)];
        return Arrays.copyOf(room, codec.compress(raw, 0, raw.length, room, 0));
    }

    /// Decompresses with margins on both sides, which have to stay as they are. The source ends
    /// where its array does, so that a read beyond it would be noticed.
    private byte[] restore(byte[] stored, int length, int rawLength) throws IOException {
        byte[] src = new byte[MARGIN + length];
        System.arraycopy(stored, 0, src, MARGIN, length);
        byte[] dst = new byte[MARGIN + rawLength + MARGIN];
        Arrays.fill(dst, CANARY);
        try {
            codec.decompress(src, MARGIN, length, dst, MARGIN, rawLength);
        } finally {
            assertOnly(dst, MARGIN, rawLength);
        }
        return Arrays.copyOfRange(dst, MARGIN, MARGIN + rawLength);
    }

    private static void assertOnly(byte[] dst, int at, int length) {
        for (int i = 0; i < dst.length; i++) {
            if ((i < at || i >= at + length) && dst[i] != CANARY) {
                throw new AssertionError("wrote at " + (i - at) + " of " + length);
            }
        }
    }
}
