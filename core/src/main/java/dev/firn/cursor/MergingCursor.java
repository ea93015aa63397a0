package dev.firn.cursor;

import dev.firn.util.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The entries of several sources as one sorted source: a tournament tree of losers.
///
/// Every inner node of the tree keeps the source that lost there and `winner` is at the entry of
/// the cursor. A move advances the winner and replays its path to the root, one comparison a level;
/// while one source wins again and again the branches are predicted and that costs next to nothing.
///
/// ```
///        winner = 2
///            |
///         losers[1] = 0
///        /            \
///   losers[2] = 1   losers[3] = 3
///    /     \          /     \
///   0       1        2       3        sources, newest first
/// ```
///
/// **Comparisons** look at one word a source first: eight bytes of its key, taken behind a prefix
/// that all sources share at the moment, so that keys with long common beginnings do not tie. The
/// prefix is taken from where the sources are, less some bytes of slack; it is checked at every
/// move (a compare of the bytes in front of the word) and cut when a key breaks it; it is looked
/// for anew when words have tied often. Words are flipped when going backward, so that the least
/// word always wins and a source at its end has the greatest one.
///
/// **Direction.** Forward, every other source is at its first entry behind the cursor's; backward,
/// at its last entry before it. Turning round moves each of them once; sources that have ended, or
/// into which somebody has inserted meanwhile (a memtable), are sought.
///
/// An entry is in one source only. Should one be in several all the same, a pass yields each, the
/// newer source first. The key given to a seek must not lie in this cursor's own memory. After an
/// exception the cursor is nowhere.
public final class MergingCursor implements EntryCursor {
    private static final int NOWHERE = -1;
    private static final long ENDED = Long.MAX_VALUE;

    /// Bytes of the shared prefix that stay in the word: while going on the keys leave the
    /// neighbourhood they were in, and every break of the prefix reads all keys again.
    private static final int PREFIX_SLACK = 4;

    private static final int PREFIX_MIN = Long.BYTES;
    private static final int TIES_MIN = 16;
    private static final int TIES_MAX = 1 << 14;

    private final EntryCursor[] sources;
    private final int count;
    private final long[] words;

    /// Where the key of each source is: asked once a move, because every question to a source is a
    /// call that the compiler cannot inline.
    private final MemorySegment[] keys;

    private final long[] offsets;
    private final int[] lengths;
    private final int[] losers;
    private final int[] winners;
    private EntryCursor current;
    private int winner = NOWHERE;
    private boolean backward;
    private byte[] prefix = new byte[64];
    private int prefixLength;
    private int ties;
    private int tiesBound = TIES_MIN;

    private MergingCursor(EntryCursor[] sources) {
        this.sources = sources;
        count = sources.length;
        words = new long[count];
        keys = new MemorySegment[count];
        Arrays.fill(keys, MemorySegment.NULL);
        offsets = new long[count];
        lengths = new int[count];
        losers = new int[count];
        winners = new int[2 * count];
        current = sources[0];
    }

    /// A cursor over sources, newest first, which it closes. One source is returned as it is.
    public static EntryCursor of(EntryCursor... sources) {
        return switch (sources.length) {
            case 0 -> new EmptyCursor();
            case 1 -> sources[0];
            default -> new MergingCursor(sources.clone());
        };
    }

    @Override
    public boolean seekToFirst() throws IOException {
        winner = NOWHERE;
        for (EntryCursor source : sources) {
            source.seekToFirst();
        }
        return build(false);
    }

    @Override
    public boolean seekToLast() throws IOException {
        winner = NOWHERE;
        for (EntryCursor source : sources) {
            source.seekToLast();
        }
        return build(true);
    }

    @Override
    public boolean seek(MemorySegment key, long at, int length, long trailer) throws IOException {
        winner = NOWHERE;
        for (EntryCursor source : sources) {
            source.seek(key, at, length, trailer);
        }
        return build(false);
    }

    @Override
    public boolean seekBefore(MemorySegment key, long at, int length, long trailer)
            throws IOException {
        winner = NOWHERE;
        for (EntryCursor source : sources) {
            source.seekBefore(key, at, length, trailer);
        }
        return build(true);
    }

    @Override
    public boolean next() throws IOException {
        int moving = winner;
        if (moving == NOWHERE) {
            return false;
        }
        winner = NOWHERE;
        if (backward) {
            return turn(moving);
        }
        if (current.next()) {
            load(moving);
        } else {
            words[moving] = ENDED;
        }
        return replay(moving);
    }

    @Override
    public boolean previous() throws IOException {
        int moving = winner;
        if (moving == NOWHERE) {
            return false;
        }
        winner = NOWHERE;
        if (!backward) {
            return turn(moving);
        }
        if (current.previous()) {
            load(moving);
        } else {
            words[moving] = ENDED;
        }
        return replay(moving);
    }

    /// Puts every source to the other side of the entry that `at` is at, and moves on in the other
    /// direction.
    private boolean turn(int at) throws IOException {
        EntryCursor pivot = sources[at];
        MemorySegment key = keys[at];
        long offset = offsets[at];
        int length = lengths[at];
        long trailer = pivot.trailer();
        boolean toBackward = !backward;
        for (int i = 0; i < count; i++) {
            EntryCursor source = sources[i];
            if (i == at) {
                continue;
            }
            boolean sought = !source.isValid();
            if (!sought && (toBackward ? source.previous() : source.next())) {
                // What others inserted meanwhile may lie between the pivot and where the source
                // was.
                int order = compare(source, key, offset, length, trailer);
                sought = toBackward ? order > 0 : order < 0;
            }
            if (sought && toBackward) {
                source.seekBefore(key, offset, length, trailer);
            } else if (sought) {
                source.seek(key, offset, length, trailer);
            }
        }
        if (toBackward) {
            pivot.previous();
        } else {
            pivot.next();
        }
        return build(toBackward);
    }

    private static int compare(
            EntryCursor a, MemorySegment key, long offset, int length, long trailer) {
        int order = Bytes.compare(a.keyMemory(), a.keyOffset(), a.keyLength(), key, offset, length);
        return order != 0 ? order : Long.compareUnsigned(trailer, a.trailer());
    }

    /// Plays the whole tournament between sources that have all been moved.
    private boolean build(boolean toBackward) {
        backward = toBackward;
        for (int i = 0; i < count; i++) {
            if (sources[i].isValid()) {
                locate(i);
            }
        }
        findPrefix();
        loadWords();
        for (int i = 0; i < count; i++) {
            winners[count + i] = i;
        }
        for (int node = count - 1; node > 0; node--) {
            int a = winners[2 * node];
            int b = winners[2 * node + 1];
            boolean swapped = isBefore(b, a);
            winners[node] = swapped ? b : a;
            losers[node] = swapped ? a : b;
        }
        return settle(winners[1]);
    }

    /// Plays the matches of a source that has moved. Who wins is random, so the swap is written for
    /// conditional moves; that words are equal is rare, so that is a branch.
    private boolean replay(int moved) {
        int best = moved;
        long word = words[best];
        for (int node = (moved + count) >>> 1; node > 0; node >>>= 1) {
            int rival = losers[node];
            long other = words[rival];
            boolean swapped = other < word;
            if (other == word) {
                swapped = isBeforeInFull(rival, best);
            }
            losers[node] = swapped ? best : rival;
            best = swapped ? rival : best;
            word = swapped ? other : word;
        }
        if (ties > tiesBound) {
            regrowPrefix();
        }
        return settle(best);
    }

    private boolean settle(int best) {
        current = sources[best];
        if (words[best] == ENDED && !current.isValid()) {
            return false;
        }
        winner = best;
        return true;
    }

    private boolean isBefore(int a, int b) {
        return words[a] != words[b] ? words[a] < words[b] : isBeforeInFull(a, b);
    }

    /// Whether a's entry comes before b's in the present direction, when their words are equal.
    private boolean isBeforeInFull(int a, int b) {
        EntryCursor x = sources[a];
        EntryCursor y = sources[b];
        if (words[a] == ENDED && !(x.isValid() && y.isValid())) {
            return x.isValid();
        }
        ties++;
        int order =
                Bytes.compare(keys[a], offsets[a], lengths[a], keys[b], offsets[b], lengths[b]);
        if (order == 0) {
            order = Long.compareUnsigned(y.trailer(), x.trailer());
        }
        if (order == 0) {
            order = a - b;
        }
        return backward ? order > 0 : order < 0;
    }

    /// Takes key and word of a source that has moved to an entry.
    private void load(int i) {
        locate(i);
        int skip = prefixLength;
        if (skip != 0 && !hasPrefix(keys[i], offsets[i], lengths[i], skip)) {
            cutPrefix(i);
        } else {
            words[i] = word(keys[i], offsets[i] + skip, lengths[i] - skip);
        }
    }

    private void locate(int i) {
        EntryCursor source = sources[i];
        MemorySegment key = source.keyMemory();
        keys[i] = key;
        offsets[i] = source.keyOffset();
        lengths[i] = source.keyLength();
    }

    /// Cuts the prefix to what the key of a source shares with it.
    private void cutPrefix(int i) {
        int shared = Bytes.commonPrefix(prefix, 0, prefixLength, keys[i], offsets[i], lengths[i]);
        prefixLength = slackened(shared);
        loadWords();
    }

    private void loadWords() {
        int skip = prefixLength;
        for (int i = 0; i < count; i++) {
            words[i] =
                    sources[i].isValid()
                            ? word(keys[i], offsets[i] + skip, lengths[i] - skip)
                            : ENDED;
        }
    }

    private long word(MemorySegment key, long at, int length) {
        long word = Bytes.word(key, at, length) ^ Long.MIN_VALUE;
        return backward ? ~word : word;
    }

    /// Takes as prefix what the keys at hand share.
    private void findPrefix() {
        ties = 0;
        prefixLength = 0;
        int first = 0;
        while (first < count && !sources[first].isValid()) {
            first++;
        }
        if (first == count) {
            return;
        }
        int shared = lengths[first];
        if (prefix.length < shared) {
            prefix = Arrays.copyOf(prefix, Math.max(shared, 2 * prefix.length));
        }
        Bytes.copy(keys[first], offsets[first], prefix, 0, shared);
        for (int i = first + 1; i < count && shared > 0; i++) {
            if (sources[i].isValid()) {
                shared = Bytes.commonPrefix(prefix, 0, shared, keys[i], offsets[i], lengths[i]);
            }
        }
        prefixLength = slackened(shared);
    }

    /// A prefix shorter than a word is not worth checking.
    private static int slackened(int shared) {
        return shared < PREFIX_SLACK + PREFIX_MIN ? 0 : shared - PREFIX_SLACK;
    }

    /// Whether a key begins with the prefix of at least eight bytes. The last word is the one that
    /// changes.
    private boolean hasPrefix(MemorySegment key, long at, int length, int skip) {
        int last = skip - Long.BYTES;
        if (length < skip || key.get(Bytes.LONG, at + last) != Bytes.getLong(prefix, last)) {
            return false;
        }
        for (int i = 0; i < last; i += Long.BYTES) {
            if (key.get(Bytes.LONG, at + i) != Bytes.getLong(prefix, i)) {
                return false;
            }
        }
        return true;
    }

    /// Looks for a longer prefix after many ties; when they come from equal keys there is none, and
    /// the next look is put off.
    private void regrowPrefix() {
        int before = prefixLength;
        findPrefix();
        loadWords();
        tiesBound = prefixLength > before ? TIES_MIN : Math.min(2 * tiesBound, TIES_MAX);
    }

    @Override
    public boolean isValid() {
        return winner != NOWHERE;
    }

    @Override
    public MemorySegment keyMemory() {
        return keys[winner];
    }

    @Override
    public long keyOffset() {
        return offsets[winner];
    }

    @Override
    public int keyLength() {
        return lengths[winner];
    }

    @Override
    public long trailer() {
        return current.trailer();
    }

    @Override
    public int valueLength() {
        return current.valueLength();
    }

    @Override
    public void copyValue(int from, MemorySegment target, long to, int length) throws IOException {
        current.copyValue(from, target, to, length);
    }

    @Override
    public void close() {
        winner = NOWHERE;
        for (EntryCursor source : sources) {
            source.close();
        }
    }
}
