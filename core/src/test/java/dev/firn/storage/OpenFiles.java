package dev.firn.storage;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// What is open in a test double, with the stack that opened it. For any thread.
public final class OpenFiles {
    private final Set<Opened> open = Collections
            .synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

    /// A file or lock that was not closed; its stack trace is that of whoever opened it.
    public static final class Opened extends Throwable {
        private static final long serialVersionUID = 1L;

        Opened(String what) {
            super(what);
        }
    }

    Opened add(String what) {
        Opened opened = new Opened(what);
        open.add(opened);
        return opened;
    }

    /// Whether it was open until now.
    boolean remove(Opened opened) {
        return open.remove(opened);
    }

    boolean isOpen(Opened opened) {
        return open.contains(opened);
    }

    /// What is open now.
    public List<Opened> list() {
        synchronized (open) {
            return List.copyOf(open);
        }
    }

    /// Fails with the stacks of all that is open.
    public void assertNone() {
        List<Opened> left = list();
        if (!left.isEmpty()) {
            AssertionError error = new AssertionError("left open: "
                    + left.stream().map(Throwable::getMessage).sorted().toList());
            left.forEach(error::addSuppressed);
            throw error;
        }
    }
}
