package dev.firn.engine;

import java.util.List;

/// The place in the user's code that opened something, kept as frames and made text only on demand.
record StackWalkedPlace(List<StackWalker.StackFrame> frames) {
    /// The calling place: the first frames outside Firn.
    static StackWalkedPlace here() {
        return new StackWalkedPlace(
                StackWalker.getInstance()
                        .walk(
                                s -> s.dropWhile(
                                        f -> f.getClassName().startsWith("dev.firn.engine."))
                                        .limit(4)
                                        .toList()));
    }

    @Override
    public String toString() {
        return frames.isEmpty()
                ? "unknown"
                : String.join(" < ", frames.stream().map(Object::toString).toList());
    }
}
