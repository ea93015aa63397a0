package dev.firn.engine;

import dev.firn.Cursor;
import dev.firn.Entry;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// A cursor as a stream, which closes it at its end or when it is closed itself.
final class CursorStream extends Spliterators.AbstractSpliterator<Entry> {
    private final Cursor cursor;
    private final boolean ascending;
    private boolean ended;

    private CursorStream(Cursor cursor, boolean ascending) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL);
        this.cursor = cursor;
        this.ascending = ascending;
    }

    static Stream<Entry> of(Cursor cursor, boolean ascending) {
        return StreamSupport.stream(new CursorStream(cursor, ascending), false)
                .onClose(cursor::close);
    }

    @Override
    public boolean tryAdvance(Consumer<? super Entry> action) {
        if (ended) {
            return false;
        }
        if (ascending ? cursor.next() : cursor.previous()) {
            action.accept(new Entry(cursor.key(), cursor.value()));
            return true;
        }
        ended = true;
        cursor.close();
        return false;
    }
}
