package dev.firn.engine.life;

import dev.firn.Durability;
import dev.firn.prove.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a store was told and has acknowledged, in the order of commits, and which states a crash of
/// now may leave: a prefix of the logged commits with everything that is durable in it (P1, P2,
/// P3), of the commits without a log those up to some flush, which lies in that prefix, and every
/// commit whole (P4); of keyspaces those that are created and not dropped, as of now.
final class History {
    /// So many commits are kept to tell a lost one from a torn one.
    private static final int KEPT_MAX = 400;

    /// A write with its model.
    private record Edited(Space space, Space.Slot slot, byte @Nullable [] value, long hash) {}

    private record Commit(boolean logged, List<Edited> edits) {}

    /// A state that may be found.
    ///
    /// @param log how many of the commits count if they were logged
    /// @param none how many count if they were not
    record Choice(int log, int none, Set<Space> spaces) {}

    private final Map<String, Space> live = new TreeMap<>();
    private final List<Commit> commits = new ArrayList<>();

    /// The states of keyspaces before the first of the commits.
    private final Map<Space, NavigableMap<byte[], byte[]>> first = new HashMap<>();

    /// So many commits are in the durable states of all keyspaces.
    private int durable;

    /// So many are durable if they were logged; all of those below [#durable] are.
    private int logFloor;

    /// So many are durable if they were not.
    private int noneFloor;

    private boolean inFlight;
    private @Nullable Space creating;
    private @Nullable Space dropping;
    private long passes;
    private final Map<Boolean, Map<Long, Choice>> cached = new HashMap<>();

    Map<String, Space> live() {
        return live;
    }

    /// A keyspace is being created.
    void create(String name) {
        creating = new Space(name);
        cached.clear();
    }

    void created() {
        Space space = creating;
        if (space == null) {
            throw new IllegalStateException("nothing was being created");
        }
        live.put(space.name, space);
        first.put(space, new TreeMap<>(Space.ORDER));
        creating = null;
        cached.clear();
    }

    /// A keyspace is being dropped.
    Space drop(String name) {
        Space space = live.get(name);
        dropping = space;
        cached.clear();
        return space;
    }

    void dropped() {
        live.values().remove(dropping);
        dropping = null;
        cached.clear();
    }

    /// A commit begins.
    void begin(Durability durability, List<Edit> edits, List<Space> spaces) {
        List<Edited> edited = new ArrayList<>();
        for (int i = 0; i < edits.size(); i++) {
            Space space = spaces.get(i);
            byte[] key = edits.get(i).keyBytes();
            byte[] value = edits.get(i).deletes() ? null : edits.get(i).valueBytes();
            edited.add(
                    new Edited(space, space.slot(key), value,
                            value == null ? 0 : StateHash.entry(space.nameHash, key, value)));
        }
        commits.add(new Commit(durability != Durability.NONE, edited));
        inFlight = true;
        cached.clear();
    }

    /// The key and value of a write of the commit that has begun.
    byte[] key(int edit) {
        return commits.getLast().edits.get(edit).slot.key;
    }

    byte @Nullable [] value(int edit) {
        return commits.getLast().edits.get(edit).value;
    }

    /// It is acknowledged.
    void acknowledged(Durability durability) {
        inFlight = false;
        cached.clear();
        for (Edited edited : commits.getLast().edits) {
            apply(edited, edited.space.now);
        }
        if (durability == Durability.SYNC) {
            synced();
        }
    }

    private static void apply(Edited edited, NavigableMap<byte[], byte[]> state) {
        if (edited.value == null) {
            state.remove(edited.slot.key);
        } else {
            state.put(edited.slot.key, edited.value);
        }
    }

    /// All that was logged so far is durable.
    void synced() {
        logFloor = commits.size();
        advance();
    }

    /// Everything so far is durable.
    void flushed() {
        noneFloor = commits.size();
        synced();
    }

    private void advance() {
        cached.clear();
        // Up to the first one that is not surely durable.
        while (durable < logFloor
                && (durable < noneFloor || commits.get(durable).logged)) {
            for (Edited edited : commits.get(durable).edits) {
                apply(edited, edited.space.durable);
                edited.space.durableHash += edited.hash - edited.slot.durable;
                edited.slot.durable = edited.hash;
            }
            durable++;
        }
        if (durable > KEPT_MAX) {
            first.clear();
            live.values().forEach(space -> first.put(space, new TreeMap<>(space.durable)));
            commits.subList(0, durable).clear();
            logFloor -= durable;
            noneFloor = Math.max(0, noneFloor - durable);
            durable = 0;
        }
    }

    /// How many commits are not surely durable; each makes states to be considered.
    int undecided() {
        return commits.size() - durable;
    }

    /// The states that a crash of now may leave, by their hashes.
    ///
    /// @param process whether the process alone dies: then everything that was logged stays
    Map<Long, Choice> allowed(boolean process) {
        return cached.computeIfAbsent(process, _ -> {
            int acknowledged = commits.size() - (inFlight ? 1 : 0);
            return choices(process ? acknowledged : logFloor, noneFloor);
        });
    }

    private Map<Long, Choice> choices(int log, int none) {
        Map<Long, Choice> choices = new HashMap<>();
        Set<Space> spaces = new HashSet<>(live.values());
        add(spaces, log, none, choices);
        Space more = creating;
        Space less = dropping;
        if (more != null) {
            Set<Space> with = new HashSet<>(spaces);
            with.add(more);
            add(with, log, none, choices);
        }
        if (less != null) {
            Set<Space> without = new HashSet<>(spaces);
            without.remove(less);
            add(without, log, none, choices);
        }
        return choices;
    }

    private void add(Set<Space> spaces, int log, int none, Map<Long, Choice> choices) {
        for (int flushed = Math.max(none, durable); flushed <= commits.size(); flushed++) {
            if (flushed > none && flushed > durable && commits.get(flushed - 1).logged) {
                continue; // The same as one fewer.
            }
            passes++;
            long hash = 0;
            for (Space space : spaces) {
                hash += space.durableHash;
            }
            int from = Math.max(log, flushed);
            for (int i = durable; i < commits.size(); i++) {
                if (i >= from) {
                    choices.putIfAbsent(hash, new Choice(i, flushed, spaces));
                }
                Commit commit = commits.get(i);
                if (commit.logged || i < flushed) {
                    hash = apply(commit, spaces, hash);
                }
            }
            choices.putIfAbsent(hash, new Choice(commits.size(), flushed, spaces));
        }
    }

    private long apply(Commit commit, Set<Space> spaces, long before) {
        long hash = before;
        for (Edited edited : commit.edits) {
            if (spaces.contains(edited.space)) {
                Space.Slot slot = edited.slot;
                hash += edited.hash - slot.hash(passes);
                slot.tried = edited.hash;
                slot.pass = passes;
            }
        }
        return hash;
    }

    /// Says what is wrong with a state that is none of the allowed ones.
    Violation violation(long found, String where) {
        int log = logFloor;
        int none = noneFloor;
        int reached = durable;
        Map<Space, NavigableMap<byte[], byte[]>> states = new HashMap<>();
        Set<Space> all = new HashSet<>(first.keySet());
        all.addAll(live.values());
        all.forEach(space -> states.put(space, space.durable));
        try {
            durable = 0;
            all.forEach(space -> restart(space, first.getOrDefault(space, space.durable)));
            Choice choice = choices(0, 0).get(found);
            return choice == null
                    ? new Violation(Violation.Kind.NOT_A_PREFIX,
                            "the state found is none that the commits lead to" + where)
                    : new Violation(Violation.Kind.LOST,
                            "of " + commits.size() + " commits the state found has the logged ones"
                                    + " up to " + choice.log + " and the others up to "
                                    + choice.none + ", though " + log + " and " + none
                                    + " were durable" + where);
        } finally {
            durable = reached;
            all.forEach(space -> restart(space, states.get(space)));
        }
    }

    /// Sets the durable state back, for a look.
    private static void restart(Space space, NavigableMap<byte[], byte[]> state) {
        NavigableMap<byte[], byte[]> now = space.now;
        space.rebase(state);
        space.now = now;
    }

    /// Goes on with a state that was found: from now on it is durable.
    void goOn(Choice choice) {
        passes++;
        live.clear();
        for (Space space : choice.spaces) {
            NavigableMap<byte[], byte[]> state = new TreeMap<>(space.durable);
            for (int i = durable; i < Math.max(choice.log, choice.none); i++) {
                Commit commit = commits.get(i);
                if (i < (commit.logged ? choice.log : choice.none)) {
                    commit.edits.stream().filter(edited -> edited.space == space)
                            .forEach(edited -> apply(edited, state));
                }
            }
            space.begin(state);
            live.put(space.name, space);
        }
        commits.clear();
        first.clear();
        live.values().forEach(space -> first.put(space, new TreeMap<>(space.durable)));
        durable = 0;
        logFloor = 0;
        noneFloor = 0;
        inFlight = false;
        creating = null;
        dropping = null;
        cached.clear();
    }

    /// The hash of what was acknowledged.
    long presentHash() {
        long hash = 0;
        for (Space space : live.values()) {
            hash += space.nameHash;
            for (Map.Entry<byte[], byte[]> entry : space.now.entrySet()) {
                hash += StateHash.entry(space.nameHash, entry.getKey(), entry.getValue());
            }
        }
        return hash;
    }
}
