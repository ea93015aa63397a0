package dev.firn.engine;

import dev.firn.cursor.EntryCursor;
import dev.firn.key.Trailer;
import dev.firn.key.UserKey;
import dev.firn.sstable.Coverage;
import dev.firn.sstable.TableFacts;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the whole tables of a keyspace say that they replace, for a repair without a manifest. A
/// table has a larger number than all that it was merged of, so it speaks of smaller ones only. One
/// thread.
final class RepairCovers {
    private final List<Cover> covers = new ArrayList<>();

    /// What the table of a number covers.
    private record Cover(long number, Coverage coverage) {}

    void add(long number, @Nullable Coverage coverage) {
        if (coverage != null) {
            covers.add(new Cover(number, coverage));
        }
    }

    /// Whether newer tables have replaced all of one.
    boolean replaces(long number, TableFacts facts) {
        return replaces(number, facts.smallest(), facts.largest(), facts.sequenceMin(),
                facts.sequenceMax());
    }

    /// Whether tables newer than a number have replaced all versions in a range, the ends included.
    boolean replaces(long number, UserKey smallest, UserKey largest, long sequenceMin,
            long sequenceMax) {
        List<Coverage> all = covers.stream()
                .filter(cover -> number < cover.number
                        && cover.coverage.hasSequences(sequenceMin, sequenceMax))
                .map(Cover::coverage)
                .sorted(Comparator.comparing(Coverage::from,
                        Comparator.nullsFirst(Comparator.naturalOrder())))
                .toList();
        UserKey at = smallest;
        for (Coverage coverage : all) {
            if (coverage.hasKey(at.bytes(), at.bytes().length)) {
                if (!coverage.hasEndedAt(largest.bytes(), largest.bytes().length)) {
                    return true;
                }
                at = coverage.end();
            }
        }
        return false;
    }

    /// Whether a table has what the log has of a key, or what replaced it.
    boolean hasLogged(byte[] key, long sequence) {
        for (Cover cover : covers) {
            if (cover.coverage.hasSequence(sequence) && cover.coverage.hasKey(key, key.length)) {
                return true;
            }
        }
        return false;
    }

    /// The entries of the table of a number that none has replaced, from the first to the last: it
    /// can go forward only.
    EntryCursor left(long number, EntryCursor source) {
        List<Cover> newer = new ArrayList<>();
        for (Cover cover : covers) {
            if (number < cover.number) {
                newer.add(cover);
            }
        }
        newer.sort(Comparator.comparing(cover -> cover.coverage.from(),
                Comparator.nullsFirst(Comparator.naturalOrder())));
        return newer.isEmpty() ? source : new Left(source, newer);
    }

    private static final class Left implements EntryCursor {
        private final EntryCursor source;
        /// By where they begin.
        private final List<Cover> covers;
        /// Those that have begun and not ended at the key.
        private final List<Cover> open = new ArrayList<>();
        private int next;
        private byte[] key = new byte[64];

        Left(EntryCursor source, List<Cover> covers) {
            this.source = source;
            this.covers = covers;
        }

        @Override
        public boolean seekToFirst() throws IOException {
            open.clear();
            next = 0;
            return skip(source.seekToFirst());
        }

        @Override
        public boolean next() throws IOException {
            return skip(source.next());
        }

        private boolean skip(boolean first) throws IOException {
            boolean found = first;
            while (found && isReplaced()) {
                found = source.next();
            }
            return found;
        }

        private boolean isReplaced() {
            int length = source.keyLength();
            if (key.length < length) {
                key = new byte[2 * length];
            }
            MemorySegment.copy(source.keyMemory(), ValueLayout.JAVA_BYTE, source.keyOffset(), key,
                    0, length);
            while (next < covers.size() && covers.get(next).coverage.hasBegunAt(key, length)) {
                open.add(covers.get(next++));
            }
            open.removeIf(cover -> cover.coverage.hasEndedAt(key, length));
            long sequence = Trailer.sequence(source.trailer());
            for (Cover cover : open) {
                if (cover.coverage.hasSequence(sequence)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean seekToLast() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean seek(MemorySegment to, long at, int length, long trailer) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean seekBefore(MemorySegment to, long at, int length, long trailer) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean previous() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isValid() {
            return source.isValid();
        }

        @Override
        public MemorySegment keyMemory() {
            return source.keyMemory();
        }

        @Override
        public long keyOffset() {
            return source.keyOffset();
        }

        @Override
        public int keyLength() {
            return source.keyLength();
        }

        @Override
        public long trailer() {
            return source.trailer();
        }

        @Override
        public int valueLength() {
            return source.valueLength();
        }

        @Override
        public void copyValue(int from, MemorySegment target, long to, int length)
                throws IOException {
            source.copyValue(from, target, to, length);
        }

        @Override
        public void close() {
            source.close();
        }
    }
}
