package dev.firn.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a store that meets faults has to hold: the commits that were acknowledged, in their order,
/// how far they are durable, and at most one of which nobody knows whether it was made.
///
/// Writes with `NONE` go to keyspaces whose names begin with "none" and have an order of their own, since gaps that
/// they leave are legal. Creating and dropping a keyspace is durable when it returns, so that is
/// kept apart as well: each creation makes another identity.
final class FaultModel {
    static final Comparator<byte[]> ORDER = Arrays::compareUnsigned;

    /// One operation; a null value deletes.
    record Change(int space, byte[] key, byte @Nullable [] value) {}

    /// An order of commits.
    private static final class Order {
        Map<Integer, NavigableMap<byte[], byte[]>> durable = new HashMap<>();
        List<List<Change>> pending = new ArrayList<>();
        @Nullable
        List<Change> maybe;

        Order copy() {
            Order copy = new Order();
            copy.durable = copyOf(durable);
            copy.pending.addAll(pending);
            copy.maybe = maybe;
            return copy;
        }

        void settle() {
            pending.forEach(commit -> apply(durable, commit));
            pending.clear();
        }
    }

    private Order logged = new Order();
    private Order unlogged = new Order();
    private final TreeMap<String, Integer> names = new TreeMap<>();
    private final Set<Integer> unloggedSpaces = new HashSet<>();
    private int identities;

    /// The keyspace of which it is not known whether it was created or dropped.
    private @Nullable String maybeName;
    private int maybeIdentity;

    FaultModel() {
        names.put("default", 0);
    }

    FaultModel copy() {
        FaultModel copy = new FaultModel();
        copy.logged = logged.copy();
        copy.unlogged = unlogged.copy();
        copy.names.clear();
        copy.names.putAll(names);
        copy.unloggedSpaces.addAll(unloggedSpaces);
        copy.identities = identities;
        copy.maybeName = maybeName;
        copy.maybeIdentity = maybeIdentity;
        return copy;
    }

    Collection<String> names() {
        return names.keySet();
    }

    int space(String name) {
        return names.get(name);
    }

    /// How many commits are not known to be durable.
    int pending() {
        return logged.pending.size();
    }

    void acknowledged(List<Change> commit, boolean isLogged) {
        (isLogged ? logged : unlogged).pending.add(commit);
    }

    void unknown(List<Change> commit, boolean isLogged) {
        (isLogged ? logged : unlogged).maybe = commit;
    }

    /// The log was forced.
    void synced() {
        logged.settle();
    }

    /// Everything is in tables.
    void flushed() {
        logged.settle();
        unlogged.settle();
    }

    void created(String name, boolean known) {
        int identity = ++identities;
        if (name.startsWith("none")) {
            unloggedSpaces.add(identity);
        }
        if (known) {
            names.put(name, identity);
        } else {
            maybeName = name;
            maybeIdentity = identity;
        }
    }

    void dropped(String name, boolean known) {
        if (known) {
            names.remove(name);
        } else {
            maybeName = name;
        }
    }

    /// What a keyspace may hold for somebody who reads now.
    List<NavigableMap<byte[], byte[]>> readable(String name) {
        int space = names.get(name);
        Order order = unloggedSpaces.contains(space) ? unlogged : logged;
        List<NavigableMap<byte[], byte[]>> states = new ArrayList<>();
        Map<Integer, NavigableMap<byte[], byte[]>> state = copyOf(order.durable);
        order.pending.forEach(commit -> apply(state, commit));
        states.add(copyOf(state).getOrDefault(space, new TreeMap<>(ORDER)));
        if (order.maybe != null) {
            apply(state, order.maybe);
            states.add(state.getOrDefault(space, new TreeMap<>(ORDER)));
        }
        return states;
    }

    /// Whether a keyspace of an identity was dropped, or perhaps.
    boolean mayBeGone(String name, int space) {
        return !names.containsKey(name) || names.get(name) != space || name.equals(maybeName);
    }

    /// Whether two states of a keyspace are the same.
    static boolean areSame(NavigableMap<byte[], byte[]> a, NavigableMap<byte[], byte[]> b) {
        return a.size() == b.size() && a.entrySet().stream()
                .allMatch(entry -> Arrays.equals(entry.getValue(), b.get(entry.getKey())));
    }

    /// Says what is wrong with a state, or null.
    ///
    /// @param power whether what was not durable may be gone, from some commit on
    /// @param death whether what was in memory only may be gone
    @Nullable
    String wrong(Map<String, NavigableMap<byte[], byte[]>> found, boolean power, boolean death) {
        Set<String> other = new TreeSet<>(names.keySet());
        if (maybeName != null && !other.remove(maybeName)) {
            other.add(maybeName);
        }
        if (!found.keySet().equals(names.keySet()) && !found.keySet().equals(other)) {
            return "keyspaces " + found.keySet() + " instead of " + names.keySet();
        }
        Map<Integer, NavigableMap<byte[], byte[]>> byIdentity = new HashMap<>();
        found.forEach((name, content) -> byIdentity.put(
                names.containsKey(name) ? names.get(name) : maybeIdentity, content));
        String wrong = wrong(logged, byIdentity, power, false);
        return wrong != null ? wrong : wrong(unlogged, byIdentity, power || death, true);
    }

    private @Nullable String wrong(Order order,
            Map<Integer, NavigableMap<byte[], byte[]>> found, boolean mayMiss, boolean isUnlogged) {
        Map<Integer, NavigableMap<byte[], byte[]>> state = copyOf(order.durable);
        int at = 0;
        int all = order.pending.size();
        if (!mayMiss) {
            order.pending.forEach(commit -> apply(state, commit));
            at = all;
        }
        String first = null;
        while (true) {
            String difference = difference(state, found, isUnlogged);
            if (difference == null) {
                return null;
            }
            first = first == null ? difference : first;
            if (at < all) {
                apply(state, order.pending.get(at));
            } else if (at == all && order.maybe != null) {
                apply(state, order.maybe);
            } else {
                return (mayMiss ? "no prefix of " + all + " commits; first: " : "") + first
                        + (isUnlogged ? " (unlogged)" : "");
            }
            at++;
        }
    }

    private @Nullable String difference(Map<Integer, NavigableMap<byte[], byte[]>> state,
            Map<Integer, NavigableMap<byte[], byte[]>> found, boolean isUnlogged) {
        for (var entry : found.entrySet()) {
            NavigableMap<byte[], byte[]> expected =
                    state.getOrDefault(entry.getKey(), new TreeMap<>(ORDER));
            NavigableMap<byte[], byte[]> content = entry.getValue();
            if (isUnlogged != unloggedSpaces.contains(entry.getKey())) {
                continue;
            }
            for (var key : expected.keySet()) {
                byte[] value = content.get(key);
                if (value == null) {
                    return "key " + new String(key) + " is lost";
                }
                if (!Arrays.equals(value, expected.get(key))) {
                    return "key " + new String(key) + " has another value";
                }
            }
            if (content.size() != expected.size()) {
                return content.size() - expected.size() + " keys too many";
            }
        }
        return null;
    }

    private static void apply(Map<Integer, NavigableMap<byte[], byte[]>> state,
            List<Change> commit) {
        for (Change change : commit) {
            NavigableMap<byte[], byte[]> map =
                    state.computeIfAbsent(change.space, _ -> new TreeMap<>(ORDER));
            if (change.value == null) {
                map.remove(change.key);
            } else {
                map.put(change.key, change.value);
            }
        }
    }

    private static Map<Integer, NavigableMap<byte[], byte[]>> copyOf(
            Map<Integer, NavigableMap<byte[], byte[]>> state) {
        Map<Integer, NavigableMap<byte[], byte[]>> copy = new HashMap<>();
        state.forEach((space, map) -> copy.put(space, new TreeMap<>(map)));
        return copy;
    }

    /// After a reopening everything that was found is durable, and what was unknown is known.
    void became(Map<String, NavigableMap<byte[], byte[]>> found) {
        if (maybeName != null) {
            if (found.containsKey(maybeName) && !names.containsKey(maybeName)) {
                names.put(maybeName, maybeIdentity);
            } else if (!found.containsKey(maybeName)) {
                names.remove(maybeName);
            }
            maybeName = null;
        }
        logged = new Order();
        unlogged = new Order();
        found.forEach((name, content) -> {
            int space = names.get(name);
            (unloggedSpaces.contains(space) ? unlogged : logged).durable.put(space,
                    new TreeMap<>(content));
        });
    }
}
