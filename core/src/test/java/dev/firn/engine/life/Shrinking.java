package dev.firn.engine.life;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Makes lists that fail short (delta debugging): leaves out ever smaller pieces as long as what is
/// left still fails, until no single element can be left out, or patience ends.
final class Shrinking {
    private Shrinking() {}

    /// A shortest list that can be reached from one that fails.
    ///
    /// @param fails whether a list fails as the first one did
    /// @param attempts how often that is asked at most
    static <T> List<T> shrink(List<T> failing, Predicate<List<T>> fails, int attempts) {
        List<T> list = List.copyOf(failing);
        int left = attempts;
        int size = Math.max(1, list.size() / 2);
        boolean shorter = true;
        while (left > 0 && (size > 1 || shorter)) {
            size = shorter ? size : Math.max(1, size / 2);
            shorter = false;
            for (int from = 0; from < list.size() && list.size() > 1 && left > 0; left--) {
                List<T> without = new ArrayList<>(list.subList(0, from));
                without.addAll(list.subList(Math.min(list.size(), from + size), list.size()));
                if (!without.isEmpty() && fails.test(without)) {
                    list = List.copyOf(without);
                    shorter = true;
                } else {
                    from += size;
                }
            }
        }
        return list;
    }
}
