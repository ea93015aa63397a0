package dev.firn.sstable;

import dev.firn.util.Bytes;
import java.io.IOException;
import java.util.Arrays;

/// Restores LZ4 blocks, see [Lz4Encoder] for the format. It trusts nothing but the given ranges.
///
/// Where there is room, short runs of literals and short matches are copied in two or three words
/// of eight bytes, whatever their length: what is written too much is overwritten by what follows.
final class Lz4Decoder {
    private static final int MATCH_MIN = 4;
    private static final int MORE = 15;

    /// Literals that fit the token are at most 14, copied as two words.
    private static final int LITERAL_ROOM = 16;

    /// Matches that fit the token are at most 18, copied as three words.
    private static final int MATCH_ROOM = 24;

    private static final int WORD = 8;

    private Lz4Decoder() {}

    /// The ranges were checked against the arrays.
    static void decode(byte[] src, int at, int length, byte[] dst, int dstAt, int rawLength)
            throws IOException {
        int s = at;
        int sEnd = at + length;
        int d = dstAt;
        int dEnd = dstAt + rawLength;
        while (s < sEnd) {
            int token = src[s++] & 0xff;
            int literals = token >>> 4;
            if (literals != MORE && sEnd - s >= LITERAL_ROOM + 2 && dEnd - d >= LITERAL_ROOM) {
                Bytes.putLong(dst, d, Bytes.getLong(src, s));
                Bytes.putLong(dst, d + WORD, Bytes.getLong(src, s + WORD));
                s += literals;
                d += literals;
            } else {
                if (literals == MORE) {
                    int more;
                    do {
                        if (s >= sEnd || literals > rawLength) {
                            throw malformed("a length", s - at);
                        }
                        more = src[s++] & 0xff;
                        literals += more;
                    } while (more == 255);
                }
                if (literals > sEnd - s || literals > dEnd - d) {
                    throw malformed("literals", s - at);
                }
                System.arraycopy(src, s, dst, d, literals);
                s += literals;
                d += literals;
                if (s == sEnd && d == dEnd) {
                    return;
                }
                if (sEnd - s < 2) {
                    throw malformed("the end", s - at);
                }
            }
            int offset = Bytes.getShort(src, s);
            s += 2;
            if (offset == 0 || offset > d - dstAt) {
                throw malformed("an offset of " + offset, s - at);
            }
            int matched = token & MORE;
            if (matched != MORE && offset >= WORD && dEnd - d >= MATCH_ROOM) {
                int from = d - offset;
                Bytes.putLong(dst, d, Bytes.getLong(dst, from));
                Bytes.putLong(dst, d + WORD, Bytes.getLong(dst, from + WORD));
                Bytes.putLong(dst, d + 2 * WORD, Bytes.getLong(dst, from + 2 * WORD));
                d += matched + MATCH_MIN;
                continue;
            }
            if (matched == MORE) {
                int more;
                do {
                    if (s >= sEnd || matched > rawLength) {
                        throw malformed("a length", s - at);
                    }
                    more = src[s++] & 0xff;
                    matched += more;
                } while (more == 255);
            }
            matched += MATCH_MIN;
            if (matched > dEnd - d) {
                throw malformed("a match", s - at);
            }
            copy(dst, d, offset, matched, dEnd);
            d += matched;
        }
        throw malformed("the end", s - at);
    }

    /// Copies a match that may overlap itself.
    private static void copy(byte[] dst, int d, int offset, int matched, int dEnd) {
        int end = d + matched;
        if (offset > 1 && offset < WORD && matched > WORD) {
            for (int i = 0; i < WORD; i++, d++) {
                dst[d] = dst[d - offset];
            }
            // From here on the pattern also repeats at the next multiple of a word or more.
            offset *= (WORD - 1) / offset + 1;
        }
        if (offset >= WORD && dEnd - end >= 2 * WORD) {
            do {
                Bytes.putLong(dst, d, Bytes.getLong(dst, d - offset));
                Bytes.putLong(dst, d + WORD, Bytes.getLong(dst, d + WORD - offset));
                d += 2 * WORD;
            } while (d < end);
        } else if (offset == 1) {
            Arrays.fill(dst, d, end, dst[d - 1]);
        } else {
            for (; d < end; d++) {
                dst[d] = dst[d - offset];
            }
        }
    }

    private static IOException malformed(String what, int at) {
        return new IOException("lz4 block is malformed: " + what + " at " + at);
    }
}
