package dev.firn.sstable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.Compression;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

class CodecsTest {
    private final Codecs codecs = new Codecs();

    /// A codec from elsewhere: it flips all bits.
    private record Flipped(byte id, String name) implements BlockCodec {
        @Override
        public int maxCompressedLength(int rawLength) {
            return rawLength;
        }

        @Override
        public int compress(byte[] src, int at, int length, byte[] dst, int dstAt) {
            for (int i = 0; i < length; i++) {
                dst[dstAt + i] = (byte) ~src[at + i];
            }
            return length;
        }

        @Override
        public void decompress(byte[] src, int at, int length, byte[] dst, int dstAt,
                int rawLength) {
            compress(src, at, length, dst, dstAt);
        }
    }

    @Test
    void idsAreAPartOfTheFormat() throws IOException {
        assertThat(codecs.byId((byte) 0)).isInstanceOf(NoneCodec.class);
        assertThat(codecs.byId((byte) 1)).isInstanceOf(Lz4Codec.class);
        assertThat(codecs.byId((byte) 2)).isInstanceOf(DeflateCodec.class);
        for (Compression compression : Compression.values()) {
            BlockCodec codec = codecs.of(compression);
            assertThat(codec.id()).isEqualTo((byte) compression.ordinal());
            assertThat(codecs.byId(codec.id())).isSameAs(codec);
            assertThat(codecs.byName(codec.name())).isSameAs(codec);
            assertThat(codec.name()).isEqualToIgnoringCase(compression.name());
        }
    }

    @Test
    void unknownOnesAreRefusedByIdAndName() {
        assertThatThrownBy(() -> codecs.byId((byte) 200)).isInstanceOf(IOException.class)
                .hasMessage("unknown codec with id 200; known are none (0), lz4 (1), deflate (2)");
        assertThatThrownBy(() -> codecs.byName("brotli"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("brotli");
    }

    @Test
    void anExtraOneIsKnownByIdAndName() throws IOException {
        BlockCodec flipped = new Flipped((byte) 200, "flipped");
        Codecs more = new Codecs(flipped);
        assertThat(more.byId((byte) 200)).isSameAs(flipped);
        assertThat(more.byName("flipped")).isSameAs(flipped);
    }

    @Test
    void idsAndNamesAreNotTakenTwice() {
        for (Flipped extra : new Flipped[]{
            new Flipped((byte) 3, "ours"), new Flipped((byte) 1, "x"),
            new Flipped((byte) 16, "lz4")}) {
            assertThatThrownBy(() -> new Codecs(extra))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(
                () -> new Codecs(new Flipped((byte) 16, "a"), new Flipped((byte) 16, "b")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void deflateIsPlainRawDeflate() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 300; i++) {
            byte[] raw = Samples.of(random, random.nextInt(i % 20 == 0 ? 200_000 : 5_000));
            byte[] stored = compressed(codecs.of(Compression.DEFLATE), raw);
            try (var in =
                    new InflaterInputStream(new ByteArrayInputStream(stored), new Inflater(true))) {
                assertThat(in.readAllBytes()).isEqualTo(raw);
            }
        }
    }

    @Test
    void everyCodecRestoresAndKeepsWithinItsRanges() throws IOException {
        SplittableRandom random = new SplittableRandom(2);
        for (Compression compression : Compression.values()) {
            BlockCodec codec = codecs.of(compression);
            for (int i = 0; i < 300; i++) {
                byte[] raw = Samples.of(random, i < 40 ? i : random.nextInt(10_000));
                roundTrip(codec, raw);
            }
        }
    }

    @Test
    void damageIsAnIOExceptionOrHarmless() {
        SplittableRandom random = new SplittableRandom(3);
        for (Compression compression : Compression.values()) {
            BlockCodec codec = codecs.of(compression);
            for (int i = 0; i < 5_000; i++) {
                byte[] raw = Samples.of(random, random.nextInt(300));
                byte[] stored = compressed(codec, raw);
                int cut =
                        random.nextInt(4) == 0 ? random.nextInt(stored.length + 1) : stored.length;
                if (cut > 0) {
                    stored[random.nextInt(cut)] ^= (byte) (1 << random.nextInt(8));
                }
                int rawLength = random.nextInt(4) == 0 ? random.nextInt(400) : raw.length;
                try {
                    restored(codec, stored, cut, rawLength);
                } catch (IOException expected) {
                    assertThat(expected).hasMessageContaining("block");
                }
            }
        }
    }

    @Test
    void whatIsLeftOverOrMissingIsRefused() {
        SplittableRandom random = new SplittableRandom(4);
        for (Compression compression : Compression.values()) {
            BlockCodec codec = codecs.of(compression);
            byte[] raw = Samples.entries(random, 1000);
            byte[] stored = compressed(codec, raw);
            byte[] longer = Arrays.copyOf(stored, stored.length + 1);
            assertThatThrownBy(() -> restored(codec, longer, longer.length, raw.length))
                    .isInstanceOf(IOException.class);
            for (int cut = 0; cut < stored.length; cut++) {
                int length = cut;
                assertThatThrownBy(() -> restored(codec, stored, length, raw.length))
                        .isInstanceOf(IOException.class);
            }
            for (int wrong : new int[]{0, raw.length - 1, raw.length + 1}) {
                assertThatThrownBy(() -> restored(codec, stored, stored.length, wrong))
                        .isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void oneInstanceServesManyThreads() throws InterruptedException, ExecutionException {
        try (var threads = Executors.newFixedThreadPool(12)) {
            var results = new ArrayList<Future<Void>>();
            for (int t = 0; t < 12; t++) {
                int seed = t;
                Callable<Void> work = () -> {
                    SplittableRandom random = new SplittableRandom(seed);
                    for (int i = 0; i < 200; i++) {
                        BlockCodec codec = codecs.of(Compression.values()[random.nextInt(3)]);
                        roundTrip(codec, Samples.of(random, random.nextInt(4096)));
                    }
                    return null;
                };
                results.add(threads.submit(work));
            }
            for (Future<Void> result : results) {
                result.get();
            }
        }
    }

    private static void roundTrip(BlockCodec codec, byte[] raw) throws IOException {
        byte[] stored = compressed(codec, raw);
        assertThat(restored(codec, stored, stored.length, raw.length)).isEqualTo(raw);
    }

    private static byte[] compressed(BlockCodec codec, byte[] raw) {
        int room = codec.maxCompressedLength(raw.length);
        byte[] src = new byte[raw.length + 6];
        System.arraycopy(raw, 0, src, 3, raw.length);
        byte[] dst = new byte[room + 6];
        int made = codec.compress(src, 3, raw.length, dst, 3);
        assertMargins(dst);
        return Arrays.copyOfRange(dst, 3, 3 + made);
    }

    private static byte[] restored(BlockCodec codec, byte[] stored, int length, int rawLength)
            throws IOException {
        byte[] dst = new byte[rawLength + 6];
        try {
            codec.decompress(stored, 0, length, dst, 3, rawLength);
        } finally {
            assertMargins(dst);
        }
        return Arrays.copyOfRange(dst, 3, 3 + rawLength);
    }

    private static void assertMargins(byte[] dst) {
        for (int i = 0; i < 3; i++) {
            assertThat(dst[i]).isZero();
            assertThat(dst[dst.length - 1 - i]).isZero();
        }
    }
}
