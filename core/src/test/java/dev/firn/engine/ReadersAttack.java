package dev.firn.engine;

import dev.firn.Firn;
import dev.firn.Options;
import dev.firn.Snapshot;
import dev.firn.WriteBatch;
import dev.firn.engine.Accounts.State;
import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Scratch;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import dev.firn.storage.FileAccess;
import dev.firn.storage.FileStorage;
import dev.firn.storage.SimulatedStorage;
import dev.firn.storage.Storage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Threads that read in every way, beside threads that write, flush, merge, create and drop
/// keyspaces and look at figures, until another one closes the store under them; then the store is
/// opened again. See [Accounts] for what readers can check.
///
/// The seed decides what each thread does, not how they meet.
public final class ReadersAttack implements Attack {
    private static final int SESSIONS = 2;
    private static final String PREFIX = "firn-readers-";

    @Override
    public String name() {
        return "readers against everything";
    }

    @Override
    public void round(long seed, Tally tally) throws Exception {
        Random random = new Random(seed);
        if (random.nextInt(3) == 0) {
            SimulatedStorage storage = new SimulatedStorage();
            sessions(Path.of("readers"), storage, random, tally);
            try {
                storage.openFiles().assertNone();
            } catch (AssertionError e) {
                throw new Violation(Kind.LEAK, e.getMessage(), e);
            }
            return;
        }
        try (Scratch scratch = Scratch.create(PREFIX)) {
            Path directory = scratch.path();
            FileAccess reads = random.nextBoolean() ? FileAccess.MAPPED : FileAccess.POSITIONED;
            sessions(directory, new FileStorage(directory, FileAccess.MAPPED, reads), random,
                    tally);
            var damages = Firn.verify(directory, read -> {}).damages();
            if (!damages.isEmpty()) {
                throw new Violation(Kind.WRONG_VALUE, "verify finds " + damages);
            }
        }
    }

    private static void sessions(Path path, Storage storage, Random random, Tally tally)
            throws Exception {
        SharedResources resources =
                SharedResources.create(8L + random.nextInt(16) << 20, 1 + random.nextInt(3), 0);
        Options options = Options.defaults()
                .withMemtableBytes(64L << random.nextInt(3) << 10)
                .withLogBytesMax(256L << 10)
                .withSyncInterval(Duration.ofMillis(1 + random.nextInt(100)));
        boolean unlogged = random.nextInt(3) == 0;
        State @Nullable [] states = null;
        boolean hung = true;
        try {
            for (int i = 0; i < SESSIONS; i++) {
                Firn store = Store.open(path, storage, options, resources, false, 1);
                states = states == null ? begin(store) : look(store);
                states = session(store, states, unlogged, random, tally, () -> Store.open(path,
                        storage, options, resources, false, 1));
            }
            hung = false;
        } finally {
            if (!hung) {
                close(resources);
            }
        }
    }

    private static void close(SharedResources resources) {
        resources.close();
        if (resources.memoryUsed() != 0) {
            throw new Violation(Kind.LEAK,
                    resources.memoryUsed() + " bytes are in use after the end");
        }
    }

    private static State[] begin(Firn store) {
        State[] states = new State[Accounts.COUNT];
        Arrays.fill(states, new State(1, Accounts.BALANCE));
        WriteBatch batch = WriteBatch.create();
        for (String name : new String[]{"left", "right"}) {
            for (int i = 0; i < states.length; i++) {
                batch.put(store.keyspace(name), TestData.number(i), Accounts.value(i, states[i]));
            }
        }
        store.write(batch);
        return states;
    }

    private static State[] look(Firn store) {
        try (Snapshot snapshot = store.snapshot()) {
            return AccountReader.whole(new AccountReader.Both(
                    snapshot.in(store.keyspace("left")), snapshot.in(store.keyspace("right"))));
        }
    }

    private interface Opening {
        Firn open();
    }

    /// Returns what is there after closing and opening again.
    private static State[] session(Firn store, State[] begin, boolean unlogged, Random random,
            Tally tally, Opening reopening) throws Exception {
        long sum = Arrays.stream(begin).mapToLong(State::balance).sum();
        Session session = new Session(store, sum, 300 + random.nextInt(6_000));
        int writers = 1 + random.nextInt(3);
        List<AccountWriter> all = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            AccountWriter writer =
                    new AccountWriter(i, writers, begin, unlogged, random.nextLong());
            all.add(writer);
            session.start("writer", () -> writer.write(session));
        }
        for (int i = 0; i < 3; i++) {
            AccountReader reader = new AccountReader(session, random.nextLong());
            session.start("reader", reader::read);
        }
        Upheaval maintenance = new Upheaval(session, random.nextLong());
        session.start("maintenance", maintenance::maintain);
        for (int i = 0; i < Session.TEMPORARY; i++) {
            int number = i;
            Upheaval owner = new Upheaval(session, random.nextLong());
            session.start("owner of a keyspace", () -> owner.comeAndGo(number));
            Upheaval reader = new Upheaval(session, random.nextLong());
            session.start("reader of what goes", reader::readWhatGoes);
        }
        for (int closers = 0; closers < 2; closers++) {
            session.workers.start("closer", session::closeInTime);
        }
        try {
            session.workers.join();
        } finally {
            tally.add(Count.OPERATIONS, session.operations.get());
        }
        try (Firn reopened = reopening.open()) {
            State[] found = look(reopened);
            all.forEach(writer -> writer.check(found));
            if (all.stream().noneMatch(writer -> writer.isUncertain)) {
                Accounts.checkSum(found, sum, "reopening");
            }
            return found;
        }
    }
}
