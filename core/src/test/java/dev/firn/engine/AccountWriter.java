package dev.firn.engine;

import dev.firn.Durability;
import dev.firn.Keyspace;
import dev.firn.WriteBatch;
import dev.firn.engine.Accounts.State;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.util.Random;

/// Moves sums between the accounts of its own and knows what they must be.
final class AccountWriter {
    private static final int OTHER_KEY = 1 << 20;
    private final Random random;
    private final int number;
    private final int writers;
    private final boolean unlogged;

    /// What was acknowledged, of all accounts; others' are not looked at.
    final State[] acknowledged;

    /// What may be there as well: the batch that was not acknowledged. Whole or not at all.
    State[] attempted;

    /// Whether a write that is in no log may have come too late for the closing of the store.
    boolean isUncertain;

    private long batches;
    private final WriteBatch batch = WriteBatch.create();

    AccountWriter(int number, int writers, State[] now, boolean unlogged, long seed) {
        this.number = number;
        this.writers = writers;
        this.acknowledged = now.clone();
        this.attempted = acknowledged;
        this.unlogged = unlogged;
        this.random = new Random(seed);
        for (State state : now) {
            batches = Math.max(batches, state.batch());
        }
    }

    boolean owns(int account) {
        return account % writers == number;
    }

    private int some() {
        return random.nextInt(Accounts.COUNT / writers) * writers + number;
    }

    void write(Session session) throws Exception {
        int from = some();
        int to = some();
        while (to == from) {
            to = some();
        }
        long moved = random.nextInt(10);
        batches++;
        State[] next = acknowledged.clone();
        next[from] = new State(batches, next[from].balance() - moved);
        next[to] = new State(batches, next[to].balance() + moved);
        batch.clear();
        for (int account : new int[]{from, to}) {
            byte[] value = Accounts.value(account, next[account]);
            batch.put(session.left, TestData.number(account), value);
            batch.put(session.right, TestData.number(account), value);
        }
        Keyspace other = random.nextInt(4) > 0
                ? null
                : session.store.findKeyspace(Session.temporary(random.nextInt(Session.TEMPORARY)));
        if (other != null) {
            batch.put(other, TestData.number(OTHER_KEY + number), new byte[8]);
        }
        Durability durability = durability();
        attempted = next;
        boolean written = true;
        if (other == null) {
            session.store.write(batch, durability);
        } else {
            written = session.unlessDropped(other, () -> session.store.write(batch, durability));
        }
        if (written) {
            System.arraycopy(next, 0, acknowledged, 0, next.length);
            isUncertain |= durability == Durability.NONE && session.closing;
        }
        attempted = acknowledged;
        readBack(session, from);
    }

    private Durability durability() {
        int n = random.nextInt(40);
        if (n == 0) {
            return Durability.SYNC;
        }
        return unlogged && n < 20 ? Durability.NONE : Durability.BUFFERED;
    }

    /// Nobody else writes it, so there is one answer.
    private void readBack(Session session, int account) {
        State read = Accounts.state(account,
                session.right.get(TestData.number(account)), "its writer");
        if (!read.equals(acknowledged[account])) {
            throw new Violation(Kind.WRONG_VALUE, "account " + account + " is " + read
                    + " after its writer wrote " + acknowledged[account]);
        }
    }

    /// Whether what was found after reopening is what this one was told, or that with the batch
    /// that was under way.
    void check(State[] found) {
        if (isUncertain || holds(found, acknowledged) || holds(found, attempted)) {
            return;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < found.length; i++) {
            if (owns(i) && !found[i].equals(acknowledged[i])) {
                text.append("\n  account ").append(i).append(" acknowledged as ")
                        .append(acknowledged[i]).append(", attempted as ").append(attempted[i])
                        .append(", found as ").append(found[i]);
            }
        }
        throw new Violation(Kind.LOST, "reopening does not find what was written:" + text);
    }

    private boolean holds(State[] found, State[] expected) {
        for (int i = 0; i < found.length; i++) {
            if (owns(i) && !found[i].equals(expected[i])) {
                return false;
            }
        }
        return true;
    }
}
