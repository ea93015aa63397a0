package dev.firn.engine;

import dev.firn.Cursor;
import dev.firn.Entry;
import dev.firn.KeyRange;
import dev.firn.KeyspaceReader;
import dev.firn.Snapshot;
import dev.firn.engine.Accounts.State;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads accounts in every way there is. What one thread sees never goes back.
final class AccountReader {
    private static final List<byte[]> KEYS =
            IntStream.range(0, Accounts.COUNT).mapToObj(TestData::number).toList();
    private static final int HELD_MAX = 3;

    /// A snapshot that stays open, with what it showed.
    private record Held(Snapshot snapshot, State[] states) {}

    private final Session session;
    private final Random random;
    private final long[] seen = new long[Accounts.COUNT];
    private final MemorySegment target = MemorySegment.ofArray(new byte[1_000]);
    private final List<Held> held = new ArrayList<>();

    AccountReader(Session session, long seed) {
        this.session = session;
        this.random = new Random(seed);
    }

    void read() {
        switch (random.nextInt(16)) {
            case 0 -> all(multiGet(session.left, "a multi-get"), "a multi-get");
            case 1, 2 -> walk();
            case 3 -> all(ascending(session.left, "a scan"), "a scan");
            case 4 -> all(descending(session.right, "a scan back"), "a scan back");
            case 5 -> all(stream(session.right), "a stream");
            case 6, 7 -> snapshot();
            case 8 -> heldSnapshot();
            case 9 -> beginOfStream();
            default -> point();
        }
    }

    private void all(State[] states, String where) {
        Accounts.checkSum(states, session.sum, where);
        for (int i = 0; i < states.length; i++) {
            see(i, states[i], where);
        }
    }

    private void see(int account, State state, String where) {
        if (state.batch() < seen[account]) {
            throw new Violation(Kind.WRONG_VALUE, where + " goes back: account " + account
                    + " is of batch " + state.batch() + " after " + seen[account]);
        }
        seen[account] = state.batch();
    }

    private void point() {
        int account = random.nextInt(Accounts.COUNT);
        KeyspaceReader of = random.nextBoolean() ? session.left : session.right;
        byte[] key = KEYS.get(account);
        byte[] value = switch (random.nextInt(4)) {
            case 0 -> of.get(MemorySegment.ofArray(key));
            case 1 -> copied(of.get(key, target));
            case 2 -> copied(of.get(MemorySegment.ofArray(key), target));
            default -> of.get(key);
        };
        see(account, Accounts.state(account, value, "a get"), "a get");
        if (!of.contains(key)) {
            throw new Violation(Kind.LOST, "contains denies account " + account);
        }
    }

    private byte @Nullable [] copied(int length) {
        return length < 0
                ? null
                : target.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private static State[] multiGet(KeyspaceReader of, String where) {
        List<byte[]> values = of.multiGet(KEYS);
        State[] states = new State[Accounts.COUNT];
        for (int i = 0; i < states.length; i++) {
            states[i] = Accounts.state(i, values.get(i), where);
        }
        return states;
    }

    private static State at(Cursor cursor, int account, String where) {
        byte[] key = cursor.key();
        if (TestData.number(key) != account) {
            throw new Violation(Kind.WRONG_VALUE, where + " stands at "
                    + TestData.number(key) + ", not at account " + account);
        }
        return Accounts.state(account, cursor.value(), where);
    }

    private static void expect(boolean is, boolean should, String where) {
        if (is != should) {
            throw new Violation(Kind.WRONG_VALUE, where + (is ? " goes on" : " ends early"));
        }
    }

    private static State[] ascending(KeyspaceReader of, String where) {
        State[] states = new State[Accounts.COUNT];
        try (Cursor cursor = of.scan(KeyRange.all())) {
            for (int i = 0; i < states.length; i++) {
                expect(cursor.next(), true, where);
                states[i] = at(cursor, i, where);
            }
            expect(cursor.next(), false, where);
        }
        return states;
    }

    private static State[] descending(KeyspaceReader of, String where) {
        State[] states = new State[Accounts.COUNT];
        try (Cursor cursor = of.scan(KeyRange.all())) {
            for (int i = states.length - 1; i >= 0; i--) {
                expect(cursor.previous(), true, where);
                states[i] = at(cursor, i, where);
            }
            expect(cursor.previous(), false, where);
        }
        return states;
    }

    private static State[] stream(KeyspaceReader of) {
        State[] states = new State[Accounts.COUNT];
        int[] count = {0};
        try (Stream<Entry> entries = of.stream(KeyRange.all())) {
            entries.forEach(entry -> {
                int i = count[0]++;
                states[i] = Accounts.state(i, entry.value(), "a stream");
            });
        }
        expect(count[0] < states.length, false, "a stream");
        return states;
    }

    /// A stream that is given up.
    private void beginOfStream() {
        try (Stream<Entry> entries = session.left.streamDescending(KeyRange.all())) {
            Iterator<Entry> iterator = entries.iterator();
            for (int i = Accounts.COUNT - 1; i > Accounts.COUNT - 10; i--) {
                see(i, Accounts.state(i, iterator.next().value(), "a stream back"), "a stream");
            }
        }
    }

    /// Goes to and fro with a cursor; it sees one moment.
    private void walk() {
        String where = "a walk";
        State[] states = new State[Accounts.COUNT];
        try (Cursor cursor = session.left.scan(KeyRange.all())) {
            int at = -1;
            for (int step = random.nextInt(150); step >= 0; step--) {
                int way = random.nextInt(10);
                if (way == 0) {
                    at = random.nextInt(Accounts.COUNT);
                    expect(random.nextBoolean()
                            ? cursor.seek(KEYS.get(at))
                            : cursor.seekAtOrBefore(KEYS.get(at)), true, where);
                } else if (way < 7 || at == -1) {
                    at++;
                    expect(cursor.next(), at < Accounts.COUNT, where);
                } else {
                    at--;
                    expect(cursor.previous(), at >= 0, where);
                }
                if (at < 0 || at == Accounts.COUNT) {
                    break;
                }
                State state = at(cursor, at, where);
                if (states[at] != null && !states[at].equals(state)) {
                    throw new Violation(Kind.WRONG_VALUE, "a cursor sees account " + at + " as "
                            + state + " and before as " + states[at]);
                }
                states[at] = state;
                see(at, state, where);
            }
        }
    }

    private void snapshot() {
        try (Snapshot snapshot = session.store.snapshot()) {
            all(check(snapshot), "a snapshot");
        }
    }

    private State[] check(Snapshot snapshot) {
        String where = "a snapshot";
        State[] left = multiGet(snapshot.in(session.left), where);
        State[] right = random.nextBoolean()
                ? ascending(snapshot.in(session.right), where)
                : descending(snapshot.in(session.right), where);
        Accounts.checkSame(left, right, where);
        return left;
    }

    /// Looks again at one that is open for long.
    private void heldSnapshot() {
        if (held.size() < HELD_MAX) {
            Snapshot snapshot = session.store.snapshot();
            held.add(new Held(snapshot, check(snapshot)));
            return;
        }
        Held one = held.get(random.nextInt(held.size()));
        Accounts.checkSame(one.states, check(one.snapshot), "a snapshot, looked at again,");
        if (random.nextInt(8) == 0) {
            one.snapshot.close();
            held.remove(one);
        }
    }

    /// The state of all accounts in both keyspaces, which are alike.
    static State[] whole(Both of) {
        State[] left = ascending(of.left(), "a look at the whole");
        Accounts.checkSame(left, multiGet(of.right(), "a look at the whole"),
                "a look at the whole");
        return left;
    }

    /// Two readers of the same moment.
    record Both(KeyspaceReader left, KeyspaceReader right) {}
}
