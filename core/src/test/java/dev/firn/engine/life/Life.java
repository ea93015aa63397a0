package dev.firn.engine.life;

import static dev.firn.engine.life.Step.Verb.CUT;

import dev.firn.Durability;
import dev.firn.Keyspace;
import dev.firn.WriteBatch;
import dev.firn.engine.Freezing;
import dev.firn.engine.Store;
import dev.firn.engine.life.Step.Do;
import dev.firn.engine.life.Step.Write;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.storage.SimulatedStorage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Runs a script: a store on simulated storage and one thread, beside a model. The script decides
/// everything, also when background work happens.
///
/// A keyspace of a script is a number: 0 is the default one, n is named `k` and n; where that does
/// not exist now, the default one is meant.
final class Life {
    /// Told of what the store does with files while a life runs.
    interface Watch extends AutoCloseable {
        /// Throws what it has found.
        default void require() {}

        void before(Life life, SimulatedStorage storage, SimulatedStorage.Operation operation);

        /// The life has ended.
        @Override
        default void close() {}
    }

    /// More commits than this are not left undecided, as each makes more states legal.
    private static final int UNDECIDED_MAX = 60;

    private final Setup setup;
    private final Tally tally;
    private final Watch watch;
    private final History history = new History();
    private final Readers readers = new Readers();
    private SimulatedStorage storage = new SimulatedStorage();
    private Opened opened;
    private int opens;
    private int crashes;
    private boolean watching;

    Life(Setup setup, Tally tally, Watch watch) {
        this.setup = setup;
        this.tally = tally;
        this.watch = watch;
        listen();
        history.create("default");
        open();
        history.created();
        history.flushed();
    }

    /// Runs a script to its end, checks everything, and closes, also the watch. Returns the storage with all files.
    static SimulatedStorage run(Script script, Tally tally, Watch watch) {
        try (watch) {
            Life life = new Life(script.setup(), tally, watch);
            for (Step step : script.steps()) {
                life.step(step);
            }
            life.step(new Do(Step.Verb.CHECK, 0, 0, 0));
            life.close();
            watch.require();
            return life.storage;
        }
    }

    /// What was done and acknowledged.
    History history() {
        return history;
    }

    Setup setup() {
        return setup;
    }

    /// How often the store was left to a crash.
    int crashes() {
        return crashes;
    }

    private void listen() {
        storage.directoryOrder(setup.order());
        storage.beforeEach((now, operation) -> {
            if (watching) {
                watch.before(this, now, operation);
            }
        });
        watching = true;
    }

    private void open() {
        opened = Opened.open(setup, storage, opens++, false);
    }

    private Store store() {
        return opened.store();
    }

    void step(Step step) {
        tally.add(Count.OPERATIONS, 1);
        switch (step) {
            case Write write -> write(write);
            case Do other -> act(other);
        }
        watch.require();
    }

    private void act(Do step) {
        int a = step.a();
        switch (step.verb()) {
            case FLUSH -> {
                if (a == 0) {
                    store().flush();
                    history.flushed();
                } else {
                    space(a - 1).flush();
                }
            }
            case FREEZE -> Freezing.freeze(
                    store(), a == 0 ? store().keyspaceNames() : List.of(model(a - 1).name));
            case COMPACT -> {
                if (a == 0) {
                    store().compact();
                    history.flushed();
                } else {
                    space(a - 1).compact(Readers.range(step.b(), step.c()));
                }
            }
            case CREATE -> create(name(a), step.b());
            case DROP -> drop(name(a));
            case SYNC -> {
                store().sync();
                history.synced();
            }
            case WORK -> {
                for (int i = 0; i < a; i++) {
                    opened.scheduler().step();
                }
            }
            case WAIT -> opened.scheduler().advance(a * 1_000_000L);
            case IDLE -> require(store().awaitIdle(Duration.ofHours(1)), "it is never idle");
            case SNAPSHOT -> readers.snapshot(store(), history.live());
            case RELEASE -> readers.release(a);
            case READ -> readers.read(space(a), model(a), step.b(), step.c());
            case SCAN -> readers.scan(space(a), model(a), step.b(), step.c());
            case MOVE -> readers.move(a);
            case END -> readers.end(a);
            case CHECK -> check();
            case REOPEN -> {
                close();
                open();
                checkFound();
            }
            case LOOK -> {
                close();
                opened = Opened.open(setup, storage, opens++, true);
                checkFound();
                opened.close();
                open();
            }
            case KILL, CUT -> crash(step.verb() == CUT, a);
        }
    }

    private static String name(int space) {
        return space == 0 ? "default" : "k" + space;
    }

    private Space model(int space) {
        Space model = history.live().get(name(space));
        return model != null ? model : history.live().get("default");
    }

    private Keyspace space(int space) {
        return store().keyspace(model(space).name);
    }

    private void create(String name, int variant) {
        if (!history.live().containsKey(name)) {
            history.create(name);
            store().createKeyspace(name, setup.keyspace(variant));
            history.created();
        }
    }

    private void drop(String name) {
        if (history.live().containsKey(name) && !name.equals("default")) {
            Space dropped = history.drop(name);
            store().dropKeyspace(name);
            history.dropped();
            readers.dropped(dropped);
        }
    }

    private void write(Write write) {
        List<Space> spaces = write.edits().stream().map(edit -> model(edit.space())).toList();
        Durability durability = write.durability();
        history.begin(durability, write.edits(), spaces);
        if (write.batch() || write.edits().size() != 1) {
            WriteBatch batch = WriteBatch.create();
            for (int i = 0; i < spaces.size(); i++) {
                byte[] value = history.value(i);
                if (value == null) {
                    batch.delete(store().keyspace(spaces.get(i).name), history.key(i));
                } else {
                    batch.put(store().keyspace(spaces.get(i).name), history.key(i), value);
                }
            }
            store().write(batch, durability);
        } else {
            single(store().keyspace(spaces.getFirst().name), durability,
                    write.edits().getFirst().fill() % 4 == 0);
        }
        history.acknowledged(durability);
        if (history.undecided() > UNDECIDED_MAX) {
            store().flush();
            history.flushed();
        }
    }

    private void single(Keyspace space, Durability durability, boolean nativeMemory) {
        byte[] key = history.key(0);
        byte[] value = history.value(0);
        if (value == null) {
            space.delete(key, durability);
        } else if (nativeMemory) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment k = arena.allocate(key.length).copyFrom(MemorySegment.ofArray(key));
                MemorySegment v =
                        arena.allocate(value.length).copyFrom(MemorySegment.ofArray(value));
                space.put(k, v, durability);
            }
        } else {
            space.put(key, value, durability);
        }
    }

    private void check() {
        require(store().keyspaceNames().equals(List.copyOf(history.live().keySet())),
                "keyspaces " + store().keyspaceNames() + ", not " + history.live().keySet());
        history.live().values()
                .forEach(space -> readers.compare(store().keyspace(space.name), space.now));
        readers.checkSnapshots(store(), history.live());
    }

    /// The same after opening: what is compared had to be there.
    private void checkFound() {
        check();
        history.live().values()
                .forEach(space -> tally.add(Count.RECORDS_CHECKED, space.now.size()));
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new Violation(Violation.Kind.WRONG_VALUE, otherwise);
        }
    }

    private void close() {
        readers.close();
        opened.close();
        history.flushed();
    }

    /// Goes on with what a crash has left.
    private void crash(boolean power, int seed) {
        crashes++;
        SimulatedStorage left = power ? storage.crash(new Random(seed)) : storage.processCrash();
        Map<Long, History.Choice> allowed = history.allowed(!power);
        watching = false;
        readers.close();
        opened.close();
        storage = left;
        // Recovery is crashed where states are checked.
        opened = Opened.open(setup, storage, opens++, false);
        long found = StateHash.of(store(), tally);
        History.Choice choice = allowed.get(found);
        if (choice == null) {
            throw history.violation(found, "; " + left.location());
        }
        history.goOn(choice);
        listen();
        check();
    }
}
