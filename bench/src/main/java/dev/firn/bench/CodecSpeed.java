package dev.firn.bench;

import dev.firn.sstable.BlockCodec;
import dev.firn.sstable.DeflateCodec;
import dev.firn.sstable.Lz4Codec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/// How fast blocks are compressed and decompressed: Firn's codecs and those of lz4-java.
///
/// The blocks are such as db_bench makes them: sorted 16-digit keys and values of 100 bytes, one
/// half of each a copy of the other; besides noise, and text of a small vocabulary. All contenders
/// take turns in short rounds of the same process; printed is the median by processor time, so that
/// it matters little what else the machine does.
///
/// Arguments: block bytes (default 4096 and 32768). `-Dunsafe=true`, `-Dnative=true` and
/// `-Ddeflate=true` add contenders; the first two take the JVM's leave to use Unsafe and native
/// code.
public final class CodecSpeed {
    private static final int TOTAL = 4 << 20;
    private static final int ROUNDS = 31;
    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
    private static final int ENTRY_HEADER = 4;

    /// One way to do the work.
    private record Contender(String name, BlockCodec codec) {}

    /// lz4-java, dressed as a codec.
    private record Library(LZ4Compressor compressor, LZ4SafeDecompressor decompressor)
            implements
                BlockCodec {
        static Contender of(String name, LZ4Factory factory) {
            return new Contender(name,
                    new Library(factory.fastCompressor(), factory.safeDecompressor()));
        }

        @Override
        public byte id() {
            return Lz4Codec.ID;
        }

        @Override
        public String name() {
            return "lz4-java";
        }

        @Override
        public int maxCompressedLength(int rawLength) {
            return compressor.maxCompressedLength(rawLength);
        }

        @Override
        public int compress(byte[] src, int at, int length, byte[] dst, int dstAt) {
            return compressor.compress(src, at, length, dst, dstAt);
        }

        @Override
        public void decompress(byte[] src, int at, int length, byte[] dst, int dstAt,
                int rawLength) {
            decompressor.decompress(src, at, length, dst, dstAt, rawLength);
        }
    }

    private CodecSpeed() {}

    /// Runs and prints.
    @SuppressWarnings("deprecation")
    public static void main(String[] args) throws IOException {
        List<Contender> contenders = new ArrayList<>();
        contenders.add(new Contender("firn lz4", new Lz4Codec()));
        contenders.add(Library.of("lz4-java safe", LZ4Factory.safeInstance()));
        if (Boolean.getBoolean("unsafe")) {
            contenders.add(Library.of("lz4-java unsafe", LZ4Factory.unsafeInstance()));
        }
        if (Boolean.getBoolean("native")) {
            contenders.add(Library.of("lz4-java native", LZ4Factory.nativeInstance()));
        }
        if (Boolean.getBoolean("deflate")) {
            contenders.add(new Contender("firn deflate", new DeflateCodec()));
        }
        int[] sizes = args.length > 0
                ? Arrays.stream(args).mapToInt(Integer::parseInt).toArray()
                : new int[]{4096, 32768};
        for (int blockBytes : sizes) {
            System.out.printf("blocks of %d bytes%n", blockBytes);
            run("entries", blocks(blockBytes), contenders);
            run("noise", noise(blockBytes), contenders);
            run("text", text(blockBytes), contenders);
        }
    }

    private static void run(String data, byte[][] blocks, List<Contender> contenders)
            throws IOException {
        byte[][][] stored = new byte[contenders.size()][][];
        double[][] compress = new double[contenders.size()][ROUNDS];
        double[][] decompress = new double[contenders.size()][ROUNDS];
        for (int c = 0; c < stored.length; c++) {
            stored[c] = compressed(contenders.get(c).codec(), blocks);
        }
        // The first third of the rounds warms up.
        for (int round = -ROUNDS / 2; round < ROUNDS; round++) {
            for (int c = 0; c < stored.length; c++) {
                BlockCodec codec = contenders.get(c).codec();
                double in = timeCompress(codec, blocks);
                double out = timeDecompress(codec, stored[c], blocks);
                if (round >= 0) {
                    compress[c][round] = in;
                    decompress[c][round] = out;
                }
            }
        }
        for (int c = 0; c < stored.length; c++) {
            System.out.printf(Locale.ROOT,
                    "  %-8s %-16s compress %6.0f MB/s  decompress %6.0f MB/s  to %4.1f %%%n",
                    data, contenders.get(c).name(), median(compress[c]), median(decompress[c]),
                    100.0 * bytes(stored[c]) / bytes(blocks));
        }
    }

    private static double timeCompress(BlockCodec codec, byte[][] blocks) {
        byte[] dst = new byte[codec.maxCompressedLength(blocks[0].length)];
        long made = 0;
        long start = CLOCK.getCurrentThreadCpuTime();
        for (byte[] block : blocks) {
            made += codec.compress(block, 0, block.length, dst, 0);
        }
        long nanos = CLOCK.getCurrentThreadCpuTime() - start;
        if (made == 0) {
            throw new IllegalStateException("nothing made");
        }
        return 1000.0 * bytes(blocks) / nanos;
    }

    private static double timeDecompress(BlockCodec codec, byte[][] stored, byte[][] blocks)
            throws IOException {
        byte[] dst = new byte[blocks[0].length];
        long start = CLOCK.getCurrentThreadCpuTime();
        for (byte[] block : stored) {
            codec.decompress(block, 0, block.length, dst, 0, dst.length);
        }
        long nanos = CLOCK.getCurrentThreadCpuTime() - start;
        if (!Arrays.equals(dst, blocks[blocks.length - 1])) {
            throw new IllegalStateException("not restored");
        }
        return 1000.0 * bytes(blocks) / nanos;
    }

    private static byte[][] compressed(BlockCodec codec, byte[][] blocks) {
        byte[][] all = new byte[blocks.length][];
        for (int i = 0; i < all.length; i++) {
            byte[] dst = new byte[codec.maxCompressedLength(blocks[i].length)];
            all[i] = Arrays.copyOf(dst, codec.compress(blocks[i], 0, blocks[i].length, dst, 0));
        }
        return all;
    }

    private static byte[][] blocks(int blockBytes) {
        Random random = new Random(301);
        byte[] source = compressible(random, 1 << 20);
        byte[][] blocks = new byte[TOTAL / blockBytes][blockBytes];
        long key = 0;
        int from = 0;
        for (byte[] block : blocks) {
            for (int at = 0; at < blockBytes; at += ENTRY_HEADER + 116) {
                byte[] entry = new byte[ENTRY_HEADER + 116];
                entry[1] = 16;
                entry[2] = 100;
                key += random.nextInt(1000);
                byte[] digits = "%016d".formatted(key).getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(digits, 0, entry, ENTRY_HEADER, 16);
                from = from + 100 > source.length ? 0 : from;
                System.arraycopy(source, from, entry, ENTRY_HEADER + 16, 100);
                from += 100;
                System.arraycopy(entry, 0, block, at, Math.min(entry.length, blockBytes - at));
            }
        }
        return blocks;
    }

    /// db_bench's CompressibleString(rnd, 0.5, 100) again and again.
    private static byte[] compressible(Random random, int length) {
        byte[] a = new byte[length];
        for (int i = 0; i < length; i += 100) {
            for (int k = 0; k < 50 && i + k < length; k++) {
                a[i + k] = (byte) (' ' + random.nextInt(95));
            }
            System.arraycopy(a, i, a, Math.min(i + 50, length),
                    Math.max(0, Math.min(50, length - i - 50)));
        }
        return a;
    }

    private static byte[][] noise(int blockBytes) {
        Random random = new Random(302);
        byte[][] blocks = new byte[TOTAL / blockBytes][blockBytes];
        for (byte[] block : blocks) {
            random.nextBytes(block);
        }
        return blocks;
    }

    /// Words of a small vocabulary: many short matches.
    private static byte[][] text(int blockBytes) {
        Random random = new Random(303);
        byte[][] words = new byte[2000][];
        for (int i = 0; i < words.length; i++) {
            words[i] = new byte[2 + random.nextInt(9)];
            for (int k = 0; k < words[i].length; k++) {
                words[i][k] = (byte) (k == words[i].length - 1 ? ' ' : 'a' + random.nextInt(26));
            }
        }
        byte[][] blocks = new byte[TOTAL / blockBytes][blockBytes];
        for (byte[] block : blocks) {
            for (int at = 0; at < blockBytes;) {
                int pick = (int) (words.length * Math.pow(random.nextDouble(), 3));
                int n = Math.min(words[pick].length, blockBytes - at);
                System.arraycopy(words[pick], 0, block, at, n);
                at += n;
            }
        }
        return blocks;
    }

    private static long bytes(byte[][] blocks) {
        return Arrays.stream(blocks).mapToLong(b -> b.length).sum();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
