package dev.firn.storage;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A storage in front of another one that fails by rules, and counts, so that a sweep knows how
/// many operations there are: let n run from 1 to [#count] and fail the n-th.
///
/// Without rules it does what the other one does. Any thread may call anything; one lock guards
/// rules and counts, and none is held while an operation or a hook runs.
public final class FaultyStorage implements Storage {
    private final Storage inner;
    private final List<Armed> rules = new ArrayList<>();
    private final Map<OperationKind, Map<String, Long>> counts = new TreeMap<>();
    private long fired;
    private final Set<String> failedForces = new HashSet<>();
    private final List<String> retriedForces = new ArrayList<>();

    private static final class Armed {
        final FaultRule rule;
        long seen;

        Armed(FaultRule rule) {
            this.rule = rule;
        }

        boolean meets(OperationKind kind, String name) {
            if (!rule.concerns(kind, name)) {
                return false;
            }
            seen++;
            return rule.sticky() ? seen >= rule.nth() : seen == rule.nth();
        }
    }

    /// What is to be done, and may fail.
    private interface Step {
        void run() throws IOException;
    }

    /// What gives something, and may fail.
    private interface Giver<T> {
        T get() throws IOException;
    }

    /// In front of a storage, with rules that count from now on.
    public FaultyStorage(Storage inner, FaultRule... rules) {
        this.inner = inner;
        for (FaultRule rule : rules) {
            add(rule);
        }
    }

    /// Adds a rule, which counts from now on.
    public synchronized void add(FaultRule rule) {
        rules.add(new Armed(rule));
    }

    /// Removes all rules: the storage is healthy again.
    public synchronized void heal() {
        rules.clear();
    }

    /// How many operations of a kind there were, failed ones included.
    public long count(OperationKind kind) {
        return count(kind, ".*");
    }

    /// How many there were on files whose whole name matches.
    public synchronized long count(OperationKind kind, String regex) {
        Pattern pattern = Pattern.compile(regex);
        return counts.getOrDefault(kind, Map.of()).entrySet().stream()
                .filter(entry -> pattern.matcher(entry.getKey()).matches())
                .mapToLong(Map.Entry::getValue).sum();
    }

    /// How many operations met a fault.
    public synchronized long fired() {
        return fired;
    }

    /// Forces of a file, or of the directory (""), after one of the same name had failed.
    public synchronized List<String> retriedForces() {
        return List.copyOf(retriedForces);
    }

    /// Somebody else opens the directory, who may force what he writes anew.
    public synchronized void reopened() {
        failedForces.clear();
    }

    /// Runs a force, and remembers whether it failed.
    private void forceOnce(String name, Step step) throws IOException {
        synchronized (this) {
            if (failedForces.contains(name)) {
                retriedForces.add(name);
            }
        }
        boolean done = false;
        try {
            step.run();
            done = true;
        } finally {
            if (!done) {
                synchronized (this) {
                    failedForces.add(name);
                }
            }
        }
    }

    /// The first rule that the operation meets decides; the others count on.
    private synchronized @Nullable Fault next(OperationKind kind, String name) {
        counts.computeIfAbsent(kind, _ -> new TreeMap<>()).merge(name, 1L, Long::sum);
        Fault met = null;
        for (Armed armed : rules) {
            if (armed.meets(kind, name) && met == null) {
                met = armed.rule.fault();
            }
        }
        if (met != null) {
            fired++;
        }
        return met;
    }

    private void run(OperationKind kind, String name, Step step) throws IOException {
        run(kind, name, step, _ -> {}, () -> {});
    }

    /// Runs an operation, or what a rule says; `part` does a part of it, `lose` is what an error
    /// leaves.
    private void run(OperationKind kind, String name, Step step, Part part, Runnable lose)
            throws IOException {
        switch (next(kind, name)) {
            case null -> step.run();
            case Fault.InputOutputError() -> {
                lose.run();
                throw new IOException(name + ": Input/output error (injected: " + kind + ")");
            }
            case Fault.ErrorAfterwards() -> {
                step.run();
                throw new IOException(name + ": Input/output error (injected after " + kind + ")");
            }
            case Fault.DiskFull() -> throw full(kind, name);
            case Fault.ShortWrite(double share, boolean diskFull) -> {
                part.run(share);
                throw diskFull
                        ? full(kind, name)
                        : new IOException(
                                name + ": Input/output error (injected: short " + kind + ")");
            }
            case Fault.LyingForce() -> {
                if (kind != OperationKind.FORCE && kind != OperationKind.SYNC_DIRECTORY) {
                    throw new IllegalArgumentException("no force: " + kind);
                }
            }
            case Fault.Before(Fault.Action action) -> {
                action.run();
                step.run();
            }
        }
    }

    private interface Part {
        void run(double share) throws IOException;
    }

    private static DiskFullException full(OperationKind kind, String name) {
        return new DiskFullException(name + ": no space is left (injected: " + kind + ")");
    }

    private <T extends AutoCloseable> T give(OperationKind kind, String name, Giver<T> giver)
            throws IOException {
        List<T> given = new ArrayList<>(1);
        try {
            run(kind, name, () -> given.add(giver.get()));
            return given.getFirst();
        } catch (IOException e) {
            for (T nobodys : given) {
                try {
                    nobodys.close();
                } catch (Exception suppressed) {
                    e.addSuppressed(suppressed);
                }
            }
            throw e;
        }
    }

    @Override
    public String location() {
        return inner.location();
    }

    @Override
    public boolean exists() throws IOException {
        return inner.exists();
    }

    @Override
    public void create() throws IOException {
        inner.create();
    }

    @Override
    public List<FileInfo> list() throws IOException {
        List<FileInfo> files = new ArrayList<>();
        run(OperationKind.LIST, "", () -> files.addAll(inner.list()));
        return files;
    }

    @Override
    public boolean exists(String name) throws IOException {
        return inner.exists(name);
    }

    @Override
    public WriteFile create(String name) throws IOException {
        return new FaultyWriteFile(give(OperationKind.CREATE, name, () -> inner.create(name)));
    }

    /// The zeros are one write, which leaves no file when it fails.
    @Override
    public WriteFile createLog(String name, long bytes) throws IOException {
        return new FaultyWriteFile(give(OperationKind.CREATE, name, () -> {
            List<WriteFile> created = new ArrayList<>(1);
            try {
                run(OperationKind.WRITE, name, () -> created.add(inner.createLog(name, bytes)));
                return created.getFirst();
            } catch (IOException e) {
                if (!created.isEmpty()) {
                    created.getFirst().close();
                    inner.delete(name);
                }
                throw e;
            }
        }));
    }

    @Override
    public WriteFile recycleLog(String oldName, String newName, long bytes) throws IOException {
        return new FaultyWriteFile(give(OperationKind.RENAME, oldName,
                () -> inner.recycleLog(oldName, newName, bytes)));
    }

    @Override
    public WriteFile openLog(String name) throws IOException {
        return new FaultyWriteFile(give(OperationKind.OPEN, name, () -> inner.openLog(name)));
    }

    @Override
    public ReadFile open(String name) throws IOException {
        return new FaultyReadFile(give(OperationKind.OPEN, name, () -> inner.open(name)));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        run(OperationKind.RENAME, from, () -> inner.rename(from, to));
    }

    @Override
    public boolean hasFolder(String folder) throws IOException {
        return inner.hasFolder(folder);
    }

    @Override
    public void setAside(String name, String folder, String as) throws IOException {
        run(OperationKind.RENAME, name, () -> inner.setAside(name, folder, as));
    }

    @Override
    public void delete(String name) throws IOException {
        run(OperationKind.DELETE, name, () -> inner.delete(name));
    }

    @Override
    public void syncDirectory() throws IOException {
        forceOnce("", () -> run(OperationKind.SYNC_DIRECTORY, "", inner::syncDirectory));
    }

    @Override
    public AutoCloseable lock(String name) throws IOException {
        return give(OperationKind.LOCK, name, () -> inner.lock(name));
    }

    @Override
    public long freeBytes() throws IOException {
        return inner.freeBytes();
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }

    private final class FaultyWriteFile implements WriteFile {
        private final WriteFile file;

        FaultyWriteFile(WriteFile file) {
            this.file = file;
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long allocatedBytes() {
            return file.allocatedBytes();
        }

        @Override
        public void write(long offset, MemorySegment source, long from, long length)
                throws IOException {
            run(OperationKind.WRITE, name(), () -> file.write(offset, source, from, length),
                    share -> file.write(offset, source, from, (long) (length * share)), () -> {});
        }

        @Override
        public void force() throws IOException {
            forceOnce(name(), () -> run(OperationKind.FORCE, name(), file::force, _ -> {}, () -> {
                if (file instanceof SimulatedWriteFile simulated) {
                    simulated.failForce();
                }
            }));
        }

        @Override
        public void truncate(long bytes) throws IOException {
            run(OperationKind.TRUNCATE, name(), () -> file.truncate(bytes));
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private final class FaultyReadFile implements ReadFile {
        private final ReadFile file;

        FaultyReadFile(ReadFile file) {
            this.file = file;
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long bytes() {
            return file.bytes();
        }

        @Override
        public void copy(long offset, MemorySegment target, long to, long length)
                throws IOException {
            run(OperationKind.READ, name(), () -> file.copy(offset, target, to, length));
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
