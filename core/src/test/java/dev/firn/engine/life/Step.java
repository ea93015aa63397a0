package dev.firn.engine.life;

import dev.firn.Durability;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// One operation of a script, as data: a line of text. Steps mean something wherever they stand (a
/// keyspace that is not there is replaced by the default one, a snapshot that is not open is passed
/// over), so that any part of a script is a script.
public sealed interface Step {
    /// A commit.
    ///
    /// @param batch whether it goes through a batch even if it is a single write
    record Write(Durability durability, boolean batch, List<Edit> edits) implements Step {
        /// Copies the list.
        public Write {
            edits = List.copyOf(edits);
        }

        @Override
        public String toString() {
            return (batch ? "batch " : "write ") + durability.name().toLowerCase(Locale.ROOT)
                    + edits.stream().map(edit -> " " + edit).collect(Collectors.joining());
        }
    }

    /// Anything else.
    record Do(Verb verb, int a, int b, int c) implements Step {
        @Override
        public String toString() {
            return verb.name().toLowerCase(Locale.ROOT) + " " + a + " " + b + " " + c;
        }
    }

    /// What can be done, with what the three numbers say.
    enum Verb {
        /// Flushes the store, or the keyspace a - 1.
        FLUSH,

        /// Freezes the memtables of the store, or of the keyspace a - 1, and waits for nothing.
        FREEZE,

        /// Compacts the store (a is 0), or the keyspace a - 1 between the keys b and c.
        COMPACT,

        /// Creates the keyspace a, with the shape and codec that b says, unless it exists.
        CREATE,

        /// Drops the keyspace a, if it exists and is not the default one.
        DROP,

        /// Syncs the log.
        SYNC,

        /// Runs a steps of background work.
        WORK,

        /// Lets a milliseconds pass.
        WAIT,

        /// Waits until no work is due.
        IDLE,

        /// Opens a snapshot.
        SNAPSHOT,

        /// Closes a snapshot, which a chooses.
        RELEASE,

        /// Reads the key b of the keyspace a, in a way that c chooses.
        READ,

        /// Opens a cursor on the keyspace a, on a range and perhaps a snapshot that b and c choose.
        SCAN,

        /// Moves every open cursor some steps, which a chooses.
        MOVE,

        /// Closes a cursor, which a chooses.
        END,

        /// Compares everything with the model.
        CHECK,

        /// Closes the store and opens it again.
        REOPEN,

        /// Closes the store, looks at it read-only, and opens it again.
        LOOK,

        /// The process dies, and the store is opened again.
        KILL,

        /// The power fails and leaves a state that a chooses; the store is opened again.
        CUT
    }

    /// Reads the line that [#toString] writes.
    static Step parse(String line) {
        String[] words = line.strip().split("\\s+");
        if (words[0].equals("write") || words[0].equals("batch")) {
            return new Write(
                    Durability.valueOf(words[1].toUpperCase(Locale.ROOT)),
                    words[0].equals("batch"),
                    Arrays.stream(words).skip(2).map(Edit::parse).toList());
        }
        return new Do(
                Verb.valueOf(words[0].toUpperCase(Locale.ROOT)),
                number(words, 1), number(words, 2), number(words, 3));
    }

    private static int number(String[] words, int at) {
        return at < words.length ? Integer.parseInt(words[at]) : 0;
    }
}
