package dev.firn.cli.demo;

import dev.firn.StoreEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/// Keeps what a store tells until it is asked for. The store tells from any thread.
final class EventLog implements Consumer<StoreEvent> {
    private final ConcurrentLinkedQueue<StoreEvent> events = new ConcurrentLinkedQueue<>();

    @Override
    public void accept(StoreEvent event) {
        events.add(event);
    }

    /// The events since the last call.
    List<StoreEvent> take() {
        var taken = new ArrayList<StoreEvent>();
        for (StoreEvent event = events.poll(); event != null; event = events.poll()) {
            taken.add(event);
        }
        return taken;
    }

    /// The events of one sort since the last call of any of these methods; the others are dropped.
    <E extends StoreEvent> List<E> take(Class<E> sort) {
        return take().stream().filter(sort::isInstance).map(sort::cast).toList();
    }
}
