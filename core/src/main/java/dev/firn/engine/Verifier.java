package dev.firn.engine;

import dev.firn.DumpOptions;
import dev.firn.FirnException;
import dev.firn.Options;
import dev.firn.VerifyReport;
import dev.firn.VerifyReport.Damage;
import dev.firn.dump.DumpWriter;
import dev.firn.manifest.KeyspaceState;
import dev.firn.manifest.Manifest;
import dev.firn.manifest.Run;
import dev.firn.manifest.StoreFile;
import dev.firn.manifest.StoreState;
import dev.firn.manifest.TableMeta;
import dev.firn.record.LogReplay;
import dev.firn.sstable.BufferPool;
import dev.firn.sstable.Codecs;
import dev.firn.sstable.ReadCounters;
import dev.firn.sstable.ReadScratch;
import dev.firn.sstable.Table;
import dev.firn.sstable.TableFacts;
import dev.firn.sstable.TableIdentity;
import dev.firn.sstable.VerifyListener;
import dev.firn.storage.CorruptException;
import dev.firn.storage.Failures;
import dev.firn.storage.FileStorage;
import dev.firn.storage.Storage;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/// Reads every file of a store that is not open, checks all that can be checked, and changes
/// nothing.
public final class Verifier {
    private static final long MEMORY = 16L << 20;

    private final Storage storage;
    private final SharedResources resources;
    private final LongConsumer progress;
    private final List<Damage> damages = new ArrayList<>();
    private final List<Damage> unread = new ArrayList<>();
    private int files;
    private long bytes;
    private long blocks;
    private long entries;

    private Verifier(Storage storage, SharedResources resources, LongConsumer progress) {
        this.storage = storage;
        this.resources = resources;
        this.progress = progress;
    }

    /// Verifies the store in a directory.
    public static VerifyReport verify(Path directory, LongConsumer progress) {
        try (FileStorage storage = new FileStorage(directory);
                SharedResources resources = SharedResources.create(MEMORY, 1, 0)) {
            return verify(storage, resources, progress);
        }
    }

    /// Verifies the store in a storage.
    public static VerifyReport verify(
            Storage storage, SharedResources resources, LongConsumer progress) {
        Options options = Options.defaults().withReadOnly(true);
        try {
            presence(storage, options);
            AutoCloseable lock = StoreFiles.lock(storage, options);
            try {
                return new Verifier(storage, resources, progress).run();
            } finally {
                if (lock != null) {
                    lock.close();
                }
            }
        } catch (IOException e) {
            throw Errors.of(storage.location(), e);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// Verifies a store whose lock the caller has.
    static VerifyReport verifyLocked(
            Storage storage, SharedResources resources, LongConsumer progress)
            throws IOException {
        return new Verifier(storage, resources, progress).run();
    }

    private static void presence(Storage storage, Options options) throws IOException {
        try {
            boolean exists = StoreFiles.prepare(storage, options);
            assert exists;
        } catch (CorruptException e) {
            // A store without CURRENT: that is for the report.
            assert storage.exists();
        }
    }

    private VerifyReport run() throws IOException {
        StoreState state;
        if (storage.exists(StoreFile.REPAIRING)) {
            damaged(StoreFiles.interruptedRepair());
        }
        try {
            state = Manifest.read(storage);
            files += 2;
            blocks++;
        } catch (CorruptException e) {
            damaged(e);
            for (Storage.FileInfo info : storage.list()) {
                StoreFile.Kind kind =
                        StoreFile.parse(info.name()).map(StoreFile::kind).orElse(null);
                if (kind == StoreFile.Kind.TABLE || kind == StoreFile.Kind.LOG) {
                    byItself(info.name(), "; no manifest tells whether this file counts");
                }
            }
            return report();
        }
        for (KeyspaceState keyspace : state.keyspaces()) {
            for (Run run : keyspace.version().runs()) {
                for (TableMeta table : run.tables()) {
                    table(state, table);
                }
            }
        }
        log(state);
        return report();
    }

    /// Checks a file by what it says of itself, where other damage hides what it belongs to.
    private void byItself(String name, String note) throws IOException {
        try {
            bytes += FileDump.dump(storage, name, DumpOptions.defaults(), line -> {
                if (line.isDamage()) {
                    damages.add(new Damage(name, line.offset(), line.text() + note));
                } else if (line.depth() == 1) {
                    blocks++;
                }
            }).bytes();
        } catch (FirnException e) {
            if (!(e.getCause() instanceof FileSystemException cause)) {
                throw e;
            }
            unopened(name, cause);
        }
        files++;
        progress.accept(bytes);
    }

    private VerifyReport report() {
        return new VerifyReport(files, bytes, blocks, entries, damages, unread);
    }

    private void damaged(CorruptException e) {
        damages.add(damage(e));
    }

    /// The damage that an exception tells of.
    static Damage damage(CorruptException e) {
        return new Damage(e.file(), e.offset(), DumpWriter.words(e));
    }

    /// The damage that is a file which cannot be opened: a link, a pipe, a directory.
    ///
    /// @throws FileSystemException the same when it says nothing about the file
    static Damage unopened(FileSystemException e) throws FileSystemException {
        if (Failures.isRefusal(e)) {
            throw e;
        }
        return new Damage(nameIn(e), -1, Failures.isNoFile(e)
                ? Failures.SOMETHING_ELSE
                : "cannot be opened: " + reason(e));
    }

    private static String reason(FileSystemException e) {
        return Errors.describe(e).replace(e.getFile() + ": ", "");
    }

    private static String nameIn(FileSystemException e) {
        String file = e.getFile() == null ? "" : e.getFile();
        return file.substring(file.lastIndexOf('/') + 1);
    }

    /// Notes a file that cannot be opened.
    private void unopened(String name, FileSystemException e) throws FileSystemException {
        if (Failures.isRefusal(e)) {
            unread.add(new Damage(name, -1, "cannot be read: " + reason(e)));
        } else {
            damages.add(new Damage(name, -1, unopened(e).what() + (Failures.isNoFile(e)
                    ? Failures.SOMETHING_ELSE_ADVICE
                    : "")));
        }
    }

    private void table(StoreState state, TableMeta meta) throws IOException {
        String name = StoreFile.table(meta.file()).name();
        BufferPool buffers = new BufferPool(resources.pool(), 1 << 20);
        try (buffers;
                ReadScratch scratch = new ReadScratch(buffers, new ReadCounters());
                Table table =
                        Table.open(
                                storage.open(name),
                                new TableIdentity(state.storeId(), meta.tableId()),
                                new Codecs(),
                                resources.cache(),
                                resources.pool(),
                                scratch)) {
            compare(name, meta, table.facts());
            table.verify(new Listener(), buffers);
            entries += meta.entries();
        } catch (NoSuchFileException e) {
            damages.add(new Damage(name, -1, StoreFiles.MISSING_TABLE));
        } catch (FileSystemException e) {
            unopened(name, e);
        } catch (CorruptException e) {
            damaged(e);
        } catch (FirnException e) {
            damages.add(new Damage(name, -1, Errors.describe(e)));
        }
        files++;
    }

    private void compare(String name, TableMeta meta, TableFacts facts) {
        if (!RepairTables.isAsRecorded(meta, facts)) {
            damages.add(new Damage(name, -1, StoreFiles.OTHER_TABLE));
        }
    }

    private final class Listener implements VerifyListener {
        @Override
        public void damaged(CorruptException damage) {
            Verifier.this.damaged(damage);
        }

        @Override
        public void checked(long offset, int length) {
            blocks++;
            bytes += length;
            progress.accept(bytes);
        }
    }

    private void log(StoreState state) throws IOException {
        List<LogReplay.Segment> segments = Recovery.segments(state, storage.list());
        try {
            segments.removeAll(UnbegunLogs.among(storage, state, segments));
            Recovery.check(storage, state, segments, (payload, file, at, endLsn) -> {
                blocks++;
                bytes += payload.byteSize();
                BatchFormat.decode(
                        payload, file, at, (k, trailer, m, a, kl, v, vl) -> entries++);
                progress.accept(bytes);
            });
        } catch (CorruptException e) {
            damaged(e);
            // What the log says behind the damage is not followed any more.
            for (LogReplay.Segment segment : segments) {
                String name = StoreFile.log(segment.number()).name();
                if (!name.equals(e.file()) && storage.exists(name)) {
                    byItself(name, "");
                }
            }
            return;
        } catch (FileSystemException e) {
            unopened(nameIn(e), e);
        }
        files += segments.size();
    }
}
