package dev.firn.compaction;

import dev.firn.key.UserKey;
import dev.firn.manifest.TableMeta;
import dev.firn.util.Bytes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ranges of keys, ascending and apart from each other: where something older may lie. Immutable.
public final class KeySpans {
    /// No range.
    public static final KeySpans NONE = new KeySpans(List.of());

    /// A range of keys.
    ///
    /// @param first the first key
    /// @param end the last key or, if exclusive, the one before which all are
    record Span(UserKey first, UserKey end, boolean isEndExclusive) {
        /// What is visible of a table.
        static Span of(TableMeta table) {
            return new Span(table.first(), table.end(), table.isEndExclusive());
        }

        boolean isBefore(UserKey key) {
            int order = end.compareTo(key);
            return order < 0 || (order == 0 && isEndExclusive);
        }

        boolean overlaps(TableMeta table) {
            return !isBefore(table.first()) && !table.isBefore(first);
        }

        /// The least range with both in it.
        Span union(Span other) {
            UserKey least = first.compareTo(other.first) <= 0 ? first : other.first;
            int order = end.compareTo(other.end);
            if (order == 0) {
                return new Span(least, end, isEndExclusive && other.isEndExclusive);
            }
            Span last = order > 0 ? this : other;
            return new Span(least, last.end, last.isEndExclusive);
        }

        /// The part between two keys; ends that do not cut stay.
        Span within(@Nullable UserKey from, @Nullable UserKey to) {
            UserKey low = from != null && from.compareTo(first) > 0 ? from : first;
            return to != null && to.compareTo(end) <= 0
                    ? new Span(low, to, true)
                    : new Span(low, end, isEndExclusive);
        }
    }

    private final List<Span> spans;

    private KeySpans(List<Span> spans) {
        this.spans = spans;
    }

    /// What is visible of tables, in any order.
    public static KeySpans of(List<TableMeta> tables) {
        if (tables.isEmpty()) {
            return NONE;
        }
        var sorted = new ArrayList<>(tables);
        sorted.sort(Comparator.comparing(TableMeta::first));
        var spans = new ArrayList<Span>();
        for (TableMeta table : sorted) {
            Span span = Span.of(table);
            if (!spans.isEmpty() && !spans.getLast().isBefore(span.first())) {
                spans.add(spans.removeLast().union(span));
            } else {
                spans.add(span);
            }
        }
        return new KeySpans(List.copyOf(spans));
    }

    /// Whether there is none.
    public boolean isEmpty() {
        return spans.isEmpty();
    }

    List<Span> spans() {
        return spans;
    }

    /// A walk along the ranges for keys that ascend.
    public Walk walk() {
        return new Walk(spans);
    }

    /// Answers for ascending keys whether they lie in a range; remembers where it is.
    public static final class Walk {
        private final List<Span> spans;
        private int at;

        private Walk(List<Span> spans) {
            this.spans = spans;
        }

        /// Whether a key, not before any asked for earlier, lies in a range.
        public boolean covers(MemorySegment key, long offset, int length) {
            while (at < spans.size()) {
                Span span = spans.get(at);
                int order = compare(span.end, key, offset, length);
                if (order > 0 || (order == 0 && !span.isEndExclusive)) {
                    return compare(span.first, key, offset, length) <= 0;
                }
                at++;
            }
            return false;
        }

        private static int compare(UserKey bound, MemorySegment key, long offset, int length) {
            byte[] bytes = bound.bytes();
            return Bytes.compare(bytes, 0, bytes.length, key, offset, length);
        }
    }

    @Override
    public String toString() {
        return spans.size() + " spans";
    }
}
