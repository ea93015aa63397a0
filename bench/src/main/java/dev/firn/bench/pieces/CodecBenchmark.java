package dev.firn.bench.pieces;

import dev.firn.sstable.BlockCodec;
import dev.firn.sstable.Codecs;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// A codec on blocks of 4 KiB that compress to about half; 256 of them, taken in turns.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
    private static final int BLOCK_BYTES = 4096;
    private static final int BLOCKS = 256;

    /// Its name.
    @Param({"lz4", "deflate"})
    public String codec = "lz4";

    private final byte[][] raw = new byte[BLOCKS][BLOCK_BYTES];
    private final byte[][] stored = new byte[BLOCKS][];
    private final int[] lengths = new int[BLOCKS];
    private final byte[] restored = new byte[BLOCK_BYTES];
    private BlockCodec codecOfName = new Codecs().byName("none");
    private byte[] target = new byte[0];
    private int turn;

    /// Makes the blocks.
    @Setup
    public void fill() {
        codecOfName = new Codecs().byName(codec);
        target = new byte[codecOfName.maxCompressedLength(BLOCK_BYTES)];
        Entries entries = new Entries(1 << 20);
        for (int i = 0; i < BLOCKS; i++) {
            for (int at = 0; at + Entries.VALUE_BYTES <= BLOCK_BYTES; at += Entries.VALUE_BYTES) {
                MemorySegment.copy(entries.value(entries.key(entries.next())), 0,
                        MemorySegment.ofArray(raw[i]), at, Entries.VALUE_BYTES);
            }
            stored[i] = new byte[target.length];
            lengths[i] = codecOfName.compress(raw[i], 0, BLOCK_BYTES, stored[i], 0);
        }
    }

    private int turn() {
        turn = (turn + 1) % BLOCKS;
        return turn;
    }

    /// Compresses a block.
    @Benchmark
    public int compress() {
        return codecOfName.compress(raw[turn()], 0, BLOCK_BYTES, target, 0);
    }

    /// Restores a block.
    @Benchmark
    public byte[] decompress() throws IOException {
        int block = turn();
        codecOfName.decompress(stored[block], 0, lengths[block], restored, 0, BLOCK_BYTES);
        return restored;
    }
}
