package dev.firn.prove.disk;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.Options;
import dev.firn.Snapshot;
import dev.firn.WriteBatch;
import dev.firn.engine.SharedResources;
import dev.firn.engine.Store;
import dev.firn.storage.FileAccess;
import dev.firn.storage.FileStorage;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The program of a process that is to die: makes steps of a workload and says each when it is done.
///
/// It speaks on its raw standard output, so that nothing that was said waits in a buffer of ours when it is killed.
final class Writer {
    /// Said instead of a step's number.
    static final long OPENED = -1;

    /// The kind of a failure with its message follows, and what the store was at: one of the words
    /// below.
    static final long FAILED = -2;

    static final String OPENING = "opening";
    static final String OPEN = "open";
    static final String CLOSING = "closing";

    /// The disk is full; it waits for a byte on its standard input and tries the step again.
    static final long FULL = -3;

    /// All steps are made and the store is closed.
    static final long DONE = -4;

    /// A broken promise follows, in words.
    static final long BROKEN = -5;

    /// It runs, and is about to open the store.
    static final long STARTED = -6;

    /// After a failure, the kind and message of another one follow: that of a read.
    static final long UNREAD = -7;

    private final DataOutputStream out = new DataOutputStream(
            new FileOutputStream(FileDescriptor.out));
    private final Path directory;
    private final Workload workload;
    private final FileAccess access;
    private Firn store;
    private boolean closed;
    private String at = OPEN;
    private @Nullable Snapshot snapshot;
    private long snapshotHash;

    private Writer(Path directory, Workload workload, FileAccess access) {
        this.directory = directory;
        this.workload = workload;
        this.access = access;
        this.store = open();
    }

    /// Arguments: the directory, the seed and kind of the workload, the first step and the one to stop before, how logs
    /// are written, and what to do at the end: `close`, or `stay` until killed.
    public static void main(String[] arguments) throws IOException {
        Workload workload = new Workload(Long.parseLong(arguments[1]),
                Workload.Kind.valueOf(arguments[2]));
        Writer writer = null;
        new DataOutputStream(new FileOutputStream(FileDescriptor.out)).writeLong(STARTED);
        long next = Long.parseLong(arguments[3]);
        long end = Long.parseLong(arguments[4]);
        try {
            writer = new Writer(Path.of(arguments[0]), workload,
                    FileAccess.valueOf(arguments[5]));
            writer.out.writeLong(OPENED);
            for (; next < end; next++) {
                writer.make(workload.step(next));
                writer.out.writeLong(next);
            }
            if (arguments[6].equals("stay")) {
                System.in.read();
                return;
            }
            writer.close();
            writer.out.writeLong(DONE);
        } catch (FirnException e) {
            tell(FAILED, e.kind() + " " + e.getMessage(), writer == null ? OPENING : writer.at);
            if (writer != null && writer.at.equals(OPEN)) {
                writer.lookAfterFailure(e, next);
            }
        } catch (RuntimeException | Error e) {
            e.printStackTrace();
            tell(BROKEN, e.toString());
        }
    }

    private static void tell(long what, String... words) throws IOException {
        DataOutputStream out = new DataOutputStream(new FileOutputStream(FileDescriptor.out));
        out.writeLong(what);
        for (String word : words) {
            out.writeUTF(word);
        }
    }

    private void close() {
        at = CLOSING;
        store.close();
    }

    private Firn open() {
        Options options = workload.options();
        return Store.open(directory, new FileStorage(directory, access, access), options,
                SharedResources.create(options.memoryBytes(), 2, 0), true,
                ThreadLocalRandom.current().nextLong());
    }

    /// Makes a step, again and again while the disk is full.
    private void make(Step step) throws IOException {
        while (true) {
            try {
                makeOnce(step);
                return;
            } catch (FirnException e) {
                // A store that could not be closed properly has lost what was not logged, and told it.
                if (e.kind() != FirnException.Kind.DISK_FULL
                        || step.action() == Step.Action.REOPEN && !closed) {
                    throw e;
                }
                if (!closed) {
                    Contents.of(store); // Reads go on.
                }
                out.writeLong(FULL);
                if (System.in.read() < 0) {
                    throw e;
                }
            }
        }
    }

    private void makeOnce(Step step) {
        switch (step.action()) {
            case WRITE -> write(step);
            case FLUSH -> store.flush();
            case FLUSH_ONE -> fixed(step.keyspace()).flush();
            case COMPACT -> store.compact();
            case COMPACT_RANGE -> fixed(step.keyspace()).compact(KeyRange.all());
            case SYNC -> store.sync();
            case TOGGLE -> toggle(step.keyspace());
            case SNAPSHOT -> {
                closeSnapshot();
                Snapshot opened = store.snapshot();
                try {
                    snapshotHash = hash(opened);
                    snapshot = opened;
                } finally {
                    // A step that failed is made again, with another snapshot.
                    if (snapshot == null) {
                        opened.close();
                    }
                }
            }
            case REOPEN -> {
                if (!closed) {
                    closeSnapshot();
                    close();
                    closed = true;
                }
                at = OPENING;
                store = open();
                at = OPEN;
                closed = false;
            }
        }
    }

    private void write(Step step) {
        WriteBatch batch = WriteBatch.create();
        for (Step.Write write : step.writes()) {
            Keyspace keyspace = Workload.TOGGLED.contains(write.keyspace())
                    ? store.findKeyspace(write.keyspace())
                    : fixed(write.keyspace());
            byte[] value = write.value();
            if (keyspace == null) {
                continue;
            }
            if (value == null) {
                batch.delete(keyspace, write.key());
            } else {
                batch.put(keyspace, write.key(), value);
            }
        }
        store.write(batch, step.durability());
    }

    private Keyspace fixed(String name) {
        Keyspace found = store.findKeyspace(name);
        return found != null ? found : store.createKeyspace(name, Workload.options(name));
    }

    private void toggle(String name) {
        if (store.findKeyspace(name) != null) {
            store.dropKeyspace(name);
        } else {
            store.createKeyspace(name, Workload.options(name));
        }
    }

    private void closeSnapshot() {
        Snapshot open = snapshot;
        if (open == null) {
            return;
        }
        if (hash(open) != snapshotHash) {
            throw new AssertionError("a snapshot has changed");
        }
        open.close();
        snapshot = null;
    }

    private long hash(Snapshot open) {
        long hash = 0;
        for (String name : Workload.FIXED) {
            try (var cursor = open.in(fixed(name)).scan(KeyRange.all())) {
                while (cursor.next()) {
                    hash = 31 * hash + java.util.Arrays.hashCode(cursor.key());
                    hash = 31 * hash + java.util.Arrays.hashCode(cursor.value());
                }
            }
        }
        return hash;
    }

    /// A store that has refused writes goes on refusing, and reads go on.
    private void lookAfterFailure(FirnException failure, long step) throws IOException {
        try {
            if (failure.kind() == FirnException.Kind.FAILED) {
                mustRefuse(step);
            }
        } catch (RuntimeException | Error e) {
            e.printStackTrace();
            tell(BROKEN, "after a failure: " + e);
        }
        try {
            Contents.of(store);
        } catch (FirnException e) {
            tell(UNREAD, e.kind() + " " + e.getMessage());
        } catch (RuntimeException | Error e) {
            e.printStackTrace();
            tell(BROKEN, "reading after a failure: " + e);
        }
        try {
            store.close();
        } catch (FirnException e) {
            // It had failed before.
            return;
        }
    }

    private void mustRefuse(long step) {
        if (store.statistics().failure() == null) {
            throw new AssertionError("the statistics do not tell the failure");
        }
        try {
            store.put(Workload.number(step), new byte[0]);
            throw new AssertionError("a write was taken after a failure of the log");
        } catch (FirnException e) {
            if (e.kind() != FirnException.Kind.FAILED) {
                throw new AssertionError("refused with " + e.kind(), e);
            }
        }
    }
}
