package dev.firn.engine.life;

import dev.firn.Durability;
import dev.firn.KeyspaceOptions;
import dev.firn.engine.Machine;
import dev.firn.engine.Store;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.storage.SimulatedStorage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Opens states that crashes left and compares them with what is legal. Some are crashed again,
/// while they recover, while the recovered store takes writes, and while it closes: recovery loses
/// nothing that it has found, and what was recovered is durable when opening returns.
final class StateCheck {
    /// A state of a state.
    private record Nested(SimulatedStorage state, Set<Long> legal) {}

    /// How thoroughly states are looked at.
    ///
    /// @param nested one state in so many is crashed again; 1 for each
    /// @param everywhere whether that happens at every operation, not only at some
    /// @param depth how often it goes on like that
    record Depth(int nested, boolean everywhere, int depth) {}

    private static final int NESTED_MAX = 12;
    private static final int LOCATION_CHARS_MAX = 3000;

    private final Setup setup;
    private final Random random;
    private final Tally tally;
    private final Depth depth;
    private final Machine machine;

    StateCheck(Setup setup, Machine machine, Random random, Tally tally, Depth depth) {
        this.setup = setup;
        this.machine = machine;
        this.random = random;
        this.tally = tally;
        this.depth = depth;
    }

    /// What states of a setup are opened on.
    static Machine machine(Setup setup) {
        return new Machine(Opened.MEMORY_BYTES, setup.threads());
    }

    /// Checks the state that the death of the process leaves now.
    void process(History history, SimulatedStorage storage) {
        check(storage.processCrash(), history, history.allowed(true).keySet(),
                history.allowed(false).keySet());
    }

    /// Checks a state that the loss of power leaves now.
    void power(History history, SimulatedStorage state) {
        check(state, history, history.allowed(false).keySet(), Set.of());
    }

    private void check(
            SimulatedStorage state, History history, Set<Long> legal, Set<Long> legalWithoutPower) {
        try {
            Long wrong = check(state, legal, legalWithoutPower, 0);
            if (wrong != null) {
                throw history.violation(wrong, where(state));
            }
        } catch (Violation e) {
            throw e;
        } catch (Exception | Error e) {
            throw new Violation(
                    Violation.Kind.UNEXPECTED_ERROR,
                    "a state that a crash left: " + e + where(state), e);
        }
    }

    private static String where(SimulatedStorage state) {
        String location = state.location();
        return "; " + location.substring(0, Math.min(location.length(), LOCATION_CHARS_MAX));
    }

    /// Opens a state; if it is not legal, returns its hash.
    private Long check(
            SimulatedStorage state, Set<Long> legal, Set<Long> legalWithoutPower, int level) {
        tally.add(Count.STATES, 1);
        boolean look = random.nextInt(16) == 0 && legal.size() > 0 && state.exists("CURRENT");
        long seen = look ? look(state) : 0;
        List<Nested> nested = new ArrayList<>();
        Set<Long> present = new HashSet<>();
        if (level < depth.depth && random.nextInt(depth.nested) == 0) {
            crashAgain(state, nested, present);
        }
        Opened opened = Opened.open(setup, state, 1000 + level, false, machine);
        long found = StateHash.of(opened.store(), tally);
        int whileOpening = nested.size();
        if (!legal.contains(found)) {
            state.beforeEach((_, _) -> {});
            opened.store().close();
            return found;
        }
        // Read-only, a store whose creation was cut off has no keyspace yet.
        if (look && seen != found && seen != 0) {
            throw new Violation(Violation.Kind.WRONG_VALUE,
                    "read-only the state is another one" + where(state));
        }
        goOn(opened.store(), found, present, level);
        opened.close();
        state.beforeEach((_, _) -> {});
        for (int i = 0; i < nested.size(); i++) {
            Nested again = nested.get(i);
            Set<Long> expected = i >= whileOpening
                    ? again.legal
                    : legalWithoutPower.isEmpty() ? Set.of(found) : legalWithoutPower;
            Long wrong = check(again.state, expected, Set.of(), level + 1);
            if (wrong != null) {
                throw new Violation(
                        Violation.Kind.LOST,
                        "a crash " + (i >= whileOpening ? "after" : "during")
                                + " recovery has changed what was recovered"
                                + where(again.state));
            }
        }
        return null;
    }

    private long look(SimulatedStorage state) {
        Opened opened = Opened.open(setup, state, 999, true, machine);
        long seen = StateHash.of(opened.store(), tally);
        opened.close();
        return seen;
    }

    /// Takes states of a state from now on.
    ///
    /// @param present what is legal when one is taken
    private void crashAgain(SimulatedStorage state, List<Nested> nested, Set<Long> present) {
        state.beforeEach((now, operation) -> {
            boolean wanted = depth.everywhere || switch (operation.kind()) {
                case FORCE, SYNC_DIRECTORY -> random.nextInt(3) == 0;
                default -> random.nextInt(12) == 0;
            };
            if (wanted && (depth.everywhere || nested.size() < NESTED_MAX)) {
                SimulatedStorage left = random.nextInt(4) == 0
                        ? now.crashExtremes().get(random.nextInt(2))
                        : now.crash(random);
                nested.add(new Nested(left, Set.copyOf(present)));
            }
        });
    }

    /// The store that was recovered takes writes.
    private void goOn(Store store, long found, Set<Long> present, int level) {
        long base = StateHash.name("default");
        byte[] first = {'~', (byte) level, 1};
        byte[] second = {'~', (byte) level, 2};
        byte[] value = {1, 2, 3};
        long one = found + StateHash.entry(base, first, value);
        long two = one + StateHash.entry(base, second, value);
        present.clear();
        present.addAll(List.of(found, one));
        store.keyspace().put(first, value, Durability.SYNC);
        present.remove(found);
        present.add(two);
        store.keyspace().put(second, value, Durability.BUFFERED);
        if (random.nextInt(8) == 0) {
            String name = "again" + level;
            long created = StateHash.name(name);
            present.addAll(List.of(one + created, two + created));
            store.createKeyspace(name, KeyspaceOptions.defaults());
            present.removeAll(List.of(one, two));
        }
    }
}
