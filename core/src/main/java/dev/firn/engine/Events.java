package dev.firn.engine;

import dev.firn.StoreEvent;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Hands events to the user's listener, one at a time; a listener that throws is reported and goes
/// on being told. Also where the parts that make work tell the part that plans it.
final class Events {
    private final ReentrantLock lock = new ReentrantLock();
    private final Consumer<StoreEvent> listener;
    private Consumer<StoreKeyspace> planner = keyspace -> {};

    Events(Consumer<StoreEvent> listener) {
        this.listener = listener;
    }

    /// Who plans compactions; set once, before anything happens.
    void setPlanner(Consumer<StoreKeyspace> planner) {
        this.planner = planner;
    }

    void tell(StoreEvent event) {
        lock.lock();
        try {
            listener.accept(event);
        } catch (Throwable e) {
            System.getLogger("dev.firn")
                    .log(System.Logger.Level.WARNING, "a listener of store events failed", e);
        } finally {
            lock.unlock();
        }
    }

    /// A flush was installed: there may be something to compact.
    void flushed(StoreKeyspace keyspace) {
        planner.accept(keyspace);
    }
}
