package dev.firn.sstable;

import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Collects entries in order and lays them out as a [SortedBlock].
///
/// Keys and values wait in one array as they come, because the shared prefix, and with it what is
/// left of each key, is known only at the end. To add an entry: put the key where [#room] says,
/// [#offer] it, which tells the length the block would have, and [#accept] it; or [#clear] the
/// block first and offer again. The last key added is kept across [#clear], to compare with.
///
/// One thread.
final class SortedBlockBuilder {
    private static final int SLACK = 8;

    private final Reservation memory;
    private final boolean isIndex;
    private byte[] stage;
    private MemorySegment stageMemory;
    private int end;
    private int[] starts;
    private int[] keyLengths;
    private long[] trailers;
    private byte[] fingerprints;
    private int count;

    private int prefix;
    private int restBytes;
    private int valueBytes;
    private int keyMin;
    private int keyMax;
    private long trailerMin;
    private long trailerMax;
    private boolean hasLarge;

    /// The most that two neighbours with different keys have in common.
    private int commonMax;

    // What the accepted block would look like with the offered entry in it.
    private int offeredKey;
    private int offeredCommon;
    private int offeredPrefix;
    private int offeredRest;
    private int offeredLength;
    private int length;

    private byte[] lastKey = new byte[64];
    private int lastKeyLength;

    /// Takes buffers for blocks of about `blockBytes`.
    SortedBlockBuilder(Reservation memory, int blockBytes, boolean isIndex) {
        this.memory = memory;
        this.isIndex = isIndex;
        int entries = 64;
        memory.take(2L * blockBytes + entries * 17L + lastKey.length);
        stage = new byte[2 * blockBytes];
        stageMemory = MemorySegment.ofArray(stage);
        starts = new int[entries];
        keyLengths = new int[entries];
        trailers = new long[entries];
        fingerprints = new byte[entries];
    }

    /// Makes room for a key and what follows it.
    ///
    /// @return where in [#stage] the key goes; the value goes behind it
    int room(int keyLength, int valueLength) {
        int needed = end + keyLength + valueLength + SLACK;
        if (needed > stage.length) {
            int bytes = Math.max(needed, stage.length + (stage.length >> 1));
            memory.take(bytes - stage.length);
            stage = Arrays.copyOf(stage, bytes);
            stageMemory = MemorySegment.ofArray(stage);
        }
        return end;
    }

    /// The array to put keys and values into.
    byte[] stage() {
        return stage;
    }

    /// The same array as memory.
    MemorySegment stageMemory() {
        return stageMemory;
    }

    /// How many bytes the key that waits shares with the last one added. At the beginning of a
    /// block that is the last one of the block before.
    int commonWithLast(int keyLength) {
        byte[] last = count > 0 ? stage : lastKey;
        int at = count > 0 ? starts[count - 1] : 0;
        int lastLength = lastKeyLength();
        int mismatch = Arrays.mismatch(last, at, at + lastLength, stage, end, end + keyLength);
        return mismatch < 0 ? keyLength : mismatch;
    }

    /// A copy of the last key added.
    byte[] lastKey() {
        int at = count > 0 ? starts[count - 1] : 0;
        return Arrays.copyOfRange(count > 0 ? stage : lastKey, at, at + lastKeyLength());
    }

    /// The length of the last key added.
    int lastKeyLength() {
        return count > 0 ? keyLengths[count - 1] : lastKeyLength;
    }

    /// The byte of the last key added at an index.
    int lastKeyByte(int i) {
        return (count > 0 ? stage[starts[count - 1] + i] : lastKey[i]) & 0xff;
    }

    /// Computes the block with one more entry, whose key waits in the stage.
    ///
    /// @param common what [#commonWithLast] said
    /// @return the length the block would have
    int offer(int keyLength, int common, long trailer, int valueLength) {
        offeredKey = keyLength;
        // The same key again says nothing about how hard different keys are to tell apart.
        offeredCommon = count == 0 || (common == keyLength && common == keyLengths[count - 1])
                ? commonMax
                : Math.max(commonMax, common);
        int newPrefix = count == 0 ? keyLength : Math.min(prefix, common);
        offeredPrefix = newPrefix;
        offeredRest = (newPrefix == prefix ? restBytes : restBehind(newPrefix))
                + Math.max(0, keyLength - newPrefix - 8);
        int payload = offeredRest + valueBytes + valueLength;
        int stride;
        if (count == 0) {
            stride = offsetWidth(payload);
        } else {
            long low = unsignedMin(trailerMin, trailer);
            long high = unsignedMax(trailerMax, trailer);
            int spread = Math.max(keyMax, keyLength) - Math.min(keyMin, keyLength);
            stride = offsetWidth(payload) + widthOf(high - low) + widthOf(spread)
                    + fingerprintWidth(offeredCommon, newPrefix);
        }
        offeredLength = SortedBlock.WORDS + (count + 1) * (8 + stride) + newPrefix + payload
                + SortedBlock.GUARD;
        return offeredLength;
    }

    /// Adds what was offered; the value is behind the key in the stage now.
    ///
    /// @param hash the key's hash; of no use in index blocks
    void accept(long trailer, int valueLength, long hash) {
        if (count == starts.length) {
            memory.take(count * 17L);
            starts = Arrays.copyOf(starts, 2 * count);
            keyLengths = Arrays.copyOf(keyLengths, 2 * count);
            trailers = Arrays.copyOf(trailers, 2 * count);
            fingerprints = Arrays.copyOf(fingerprints, 2 * count);
        }
        if (count == 0) {
            keyMin = offeredKey;
            keyMax = offeredKey;
            trailerMin = trailer;
            trailerMax = trailer;
        } else {
            keyMin = Math.min(keyMin, offeredKey);
            keyMax = Math.max(keyMax, offeredKey);
            trailerMin = unsignedMin(trailerMin, trailer);
            trailerMax = unsignedMax(trailerMax, trailer);
        }
        starts[count] = end;
        keyLengths[count] = offeredKey;
        trailers[count] = trailer;
        fingerprints[count] = (byte) hash;
        count++;
        commonMax = offeredCommon;
        prefix = offeredPrefix;
        restBytes = offeredRest;
        valueBytes += valueLength;
        length = offeredLength;
        end += offeredKey + valueLength;
    }

    /// Says that the entry just added has a [LargeValue], which its trailer is marked with.
    void markLarge() {
        hasLarge = true;
    }

    /// The number of entries.
    int count() {
        return count;
    }

    /// The length of the block as it is.
    int length() {
        return count == 0 ? 0 : length;
    }

    /// Writes the block, which has [#length] bytes and at least one entry.
    void writeTo(byte[] out, int at) {
        int payloadLength = restBytes + valueBytes;
        int offsetWidth = offsetWidth(payloadLength);
        int trailerWidth = widthOf(trailerMax - trailerMin);
        int tailWidth = widthOf(keyMax - keyMin);
        int fingerprintWidth = fingerprintWidth(commonMax, prefix);
        Bytes.putInt(out, at + SortedBlock.COUNT, count);
        Bytes.putInt(out, at + SortedBlock.PAYLOAD_LENGTH, payloadLength);
        Bytes.putInt(out, at + SortedBlock.PREFIX_LENGTH, prefix);
        Bytes.putInt(out, at + SortedBlock.WIDTHS,
                offsetWidth | trailerWidth << 8 | tailWidth << 16
                        | (hasLarge ? SortedBlock.HAS_LARGE : 0)
                        | fingerprintWidth * SortedBlock.HAS_FINGERPRINTS);
        Bytes.putLong(out, at + SortedBlock.TRAILER_BASE, trailerMin);
        Bytes.putLong(out, at + SortedBlock.TAIL_BASE, keyMin - prefix);
        int heads = at + SortedBlock.WORDS + 8 * count;
        int stride = offsetWidth + trailerWidth + tailWidth + fingerprintWidth;
        writeHeads(out, at + SortedBlock.WORDS, heads, offsetWidth, trailerWidth, stride);
        int payload = heads + stride * count;
        System.arraycopy(stage, starts[0], out, payload, prefix);
        payload += prefix;
        for (int i = 0; i < count; i++) {
            int from = restAt(i);
            int bytes = endOf(i) - from;
            System.arraycopy(stage, from, out, payload, bytes);
            payload += bytes;
        }
        Bytes.putLong(out, payload, 0);
    }

    private void writeHeads(byte[] out, int words, int heads, int offsetWidth, int trailerWidth,
            int stride) {
        boolean hasFingerprints = fingerprintWidth(commonMax, prefix) > 0;
        int head = heads;
        int offset = 0;
        for (int i = 0; i < count; i++, head += stride) {
            Bytes.putLong(out, words + 8 * i,
                    word(starts[i] + prefix, keyLengths[i] - prefix));
            // Each put overruns its field; what lies behind is written later.
            Bytes.putLong(out, head, offset);
            Bytes.putLong(out, head + offsetWidth, trailers[i] - trailerMin);
            Bytes.putLong(out, head + offsetWidth + trailerWidth, keyLengths[i] - keyMin);
            if (hasFingerprints) {
                out[head + stride - 1] = fingerprints[i];
            }
            offset += endOf(i) - restAt(i);
        }
    }

    /// Where in the stage the rest of a key begins.
    private int restAt(int i) {
        return starts[i] + Math.min(prefix + 8, keyLengths[i]);
    }

    /// Where in the stage an entry ends.
    private int endOf(int i) {
        return i + 1 < count ? starts[i + 1] : end;
    }

    /// Empties the block. A key of `waiting` bytes that is in the stage but not added stays there.
    void clear(int waiting) {
        if (count > 0) {
            lastKeyLength = keyLengths[count - 1];
            if (lastKeyLength > lastKey.length) {
                memory.take(lastKeyLength - lastKey.length);
                lastKey = new byte[lastKeyLength];
            }
            System.arraycopy(stage, starts[count - 1], lastKey, 0, lastKeyLength);
        }
        System.arraycopy(stage, end, stage, 0, waiting);
        end = 0;
        count = 0;
        prefix = 0;
        restBytes = 0;
        valueBytes = 0;
        hasLarge = false;
        commonMax = 0;
    }

    private long word(int at, int tail) {
        if (tail >= 8) {
            return Bytes.word(stage, at, 8);
        }
        return tail == 0 ? 0 : Bytes.word(stage, at, 8) & -1L << (64 - 8 * tail);
    }

    private int restBehind(int newPrefix) {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.max(0, keyLengths[i] - newPrefix - 8);
        }
        return sum;
    }

    private static int offsetWidth(int payload) {
        return payload <= 0xffff ? 2 : 4;
    }

    /// 1 when some words are equal although the keys are not, and so words do not tell keys apart.
    private int fingerprintWidth(int common, int newPrefix) {
        return isIndex || common < newPrefix + 8 ? 0 : 1;
    }

    /// How many bytes a number takes, 0 for 0.
    private static int widthOf(long value) {
        return (71 - Long.numberOfLeadingZeros(value)) >>> 3;
    }

    private static long unsignedMin(long a, long b) {
        return Long.compareUnsigned(a, b) <= 0 ? a : b;
    }

    private static long unsignedMax(long a, long b) {
        return Long.compareUnsigned(a, b) >= 0 ? a : b;
    }
}
