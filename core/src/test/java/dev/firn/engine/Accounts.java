package dev.firn.engine;

import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What [ReadersAttack] writes: accounts, of which a batch changes two, in two keyspaces alike. So
/// whoever sees one moment sees the same in both keyspaces and always the same sum; and the number
/// of the batch that an account's value names only grows.
final class Accounts {
    static final int COUNT = 96;
    static final long BALANCE = 1_000;
    private static final int HEAD = 3 * Long.BYTES;

    private Accounts() {}

    /// An account as a batch left it.
    record State(long batch, long balance) {}

    /// A value; what follows the head is derived from it, so that bytes of another one show.
    static byte[] value(int account, State state) {
        int length = HEAD + (int) Math.floorMod(state.batch * 31 + account, 300L);
        ByteBuffer value = ByteBuffer.allocate(length).putLong(account).putLong(state.batch)
                .putLong(state.balance);
        for (int i = HEAD; i < length; i++) {
            value.put((byte) (state.batch * 7 + account + i));
        }
        return value.array();
    }

    /// Reads a value that has to be there.
    ///
    /// @param where for messages
    static State state(int account, byte @Nullable [] value, String where) {
        if (value == null) {
            throw new Violation(Kind.LOST, where + " finds nothing for account " + account);
        }
        if (value.length >= HEAD) {
            ByteBuffer head = ByteBuffer.wrap(value);
            long of = head.getLong();
            State state = new State(head.getLong(), head.getLong());
            if (of == account && Arrays.equals(value, value(account, state))) {
                return state;
            }
        }
        throw new Violation(Kind.WRONG_VALUE,
                where + " finds bytes for account " + account + " that nobody wrote there");
    }

    /// Checks what is seen of all accounts at one moment.
    static void checkSum(State[] all, long expected, String where) {
        long sum = 0;
        for (State state : all) {
            sum += state.balance;
        }
        if (sum != expected) {
            throw new Violation(Kind.NOT_A_PREFIX,
                    where + " sees a sum of " + sum + ", not " + expected + ": a torn batch");
        }
    }

    static void checkSame(State[] left, State[] right, String where) {
        for (int i = 0; i < left.length; i++) {
            if (!left[i].equals(right[i])) {
                throw new Violation(Kind.NOT_A_PREFIX, where + " sees account " + i + " as "
                        + left[i] + " in one keyspace and " + right[i] + " in the other");
            }
        }
    }
}
