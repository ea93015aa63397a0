package dev.firn.engine;

import static dev.firn.Durability.BUFFERED;
import static dev.firn.Durability.NONE;
import static dev.firn.Durability.SYNC;

import dev.firn.engine.FaultRun.Start;
import dev.firn.manifest.LargeManifest;
import dev.firn.record.LogOptions;
import dev.firn.storage.OperationKind;
import dev.firn.storage.WriteFile;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/// What a store does while its disk fails: what was there before, made on a healthy disk, and then
/// operations, each of which may fail.
record FaultScript(String name, Start start, Consumer<FaultRun> body, Set<OperationKind> kinds) {
    private static final Set<OperationKind> ALL = EnumSet.allOf(OperationKind.class);

    /// Segments of the log that two large values fill.
    private static final FileSizes SMALL = new FileSizes(new LogOptions(1 << 18, 1 << 19, 2),
            FileSizes.DEFAULT.manifestBytesMin(), FileSizes.DEFAULT.manifestSnapshotsMax());

    /// Larger than what the memtables may hold.
    private static final int LARGE = 100_000;

    /// One whose every operation may fail.
    FaultScript(String name, Start start, Consumer<FaultRun> body) {
        this(name, start, body, ALL);
    }

    /// How many there are besides the random ones.
    static final int COUNT = 9;

    /// One of the scripts that every run goes through. The three of merges have numbers that give
    /// them the three shapes of trees.
    static FaultScript of(int number) {
        return switch (number) {
            case 0 -> new FaultScript("writes", FaultRun.nothing(), FaultScript::writes);
            case 1 -> new FaultScript("log", closed(SMALL, run -> {}), FaultScript::log);
            case 2 -> new FaultScript("merge 1", closed(FaultScript::tables), FaultScript::merge);
            case 3 -> new FaultScript("keyspaces", closed(FaultScript::tables),
                    FaultScript::keyspaces);
            case 4 -> new FaultScript("manifest", large(closed(FaultScript::tables)),
                    FaultScript::manifest,
                    // It is read in a hundred pieces, one like the other.
                    EnumSet.complementOf(EnumSet.of(OperationKind.READ)));
            case 5 -> new FaultScript("recovery", crashed(FaultScript::unflushed),
                    FaultScript::recovery);
            case 6 -> new FaultScript("merge 2", closed(FaultScript::tables), FaultScript::merge);
            case 7 -> new FaultScript("merge 3", closed(FaultScript::tables), FaultScript::merge);
            default -> new FaultScript("read only", crashed(FaultScript::unflushed),
                    FaultScript::readOnly);
        };
    }

    /// One that the seed makes up.
    static FaultScript random(long seed) {
        Random random = new Random(seed);
        boolean fresh = random.nextInt(4) == 0;
        long start = random.nextLong();
        Start from = fresh
                ? FaultRun.nothing()
                : random.nextBoolean()
                        ? closed(run -> anything(run, new Random(start), 25))
                        : crashed(run -> anything(run, new Random(start), 25));
        long then = random.nextLong();
        int operations = 10 + random.nextInt(25);
        return new FaultScript("random " + seed, from, run -> {
            run.reopen();
            anything(run, new Random(then), operations);
            run.reopen();
            anything(run, new Random(then + 1), 5);
        });
    }

    /// The store as a clean close leaves it, and a table that nothing names.
    private static Start closed(Consumer<FaultRun> before) {
        return closed(FileSizes.DEFAULT, before);
    }

    private static Start closed(FileSizes sizes, Consumer<FaultRun> before) {
        FaultRun run = begun(sizes, before);
        run.close();
        return withOrphan(run.died());
    }

    /// The store as the death of its process leaves it.
    private static Start crashed(Consumer<FaultRun> before) {
        FaultRun run = begun(FileSizes.DEFAULT, before);
        Start died = run.died();
        run.close();
        return withOrphan(died);
    }

    private static Start large(Start start) {
        LargeManifest.make(start.disk());
        return start;
    }

    private static FaultRun begun(FileSizes sizes, Consumer<FaultRun> before) {
        FaultRun run = new FaultRun(FaultRun.nothing(sizes), 1, false, false);
        run.open();
        before.accept(run);
        return run;
    }

    private static Start withOrphan(Start start) {
        try (WriteFile file = start.disk().create("000700.sst")) {
            file.force();
            start.disk().syncDirectory();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return start;
    }

    private static void writes(FaultRun run) {
        run.reopen();
        run.put("default", 1, 20, SYNC);
        run.put("default", 2, 20, BUFFERED);
        run.create("none");
        run.put("none", 1, 20, NONE);
        run.check();
        run.batch(3, 3, 20, SYNC, "default");
        run.background(3, 1_200);
        run.put("default", 7, 5_000, BUFFERED);
        run.delete("default", 2, BUFFERED);
        run.put("none", 2, 20, NONE);
        run.background(5, 1_200);
        run.sync();
        run.check();
        run.reopen();
        run.put("default", 8, 20, SYNC);
        run.check();
    }

    private static void log(FaultRun run) {
        run.reopen();
        for (int i = 0; i < 5; i++) {
            run.put("default", i % 5, LARGE, i % 4 == 3 ? SYNC : BUFFERED);
            run.background(i % 3 * 4, 300);
        }
        run.check();
        run.reopen();
        run.put("default", 1, 20, SYNC);
    }

    private static void tables(FaultRun run) {
        for (int i = 0; i < 3; i++) {
            run.batch(10 * i, 12, 700, BUFFERED, "default");
            run.flush();
        }
    }

    private static void merge(FaultRun run) {
        run.reopen();
        run.batch(5, 14, 700, BUFFERED, "default");
        run.whileSnapshot(() -> {
            run.flush();
            run.whileScanning("default", () -> {
                run.batch(1, 3, 9_000, BUFFERED, "default");
                run.compact();
            });
        });
        run.check();
        run.put("default", 30, 100_000, BUFFERED);
        run.background(10, 10);
        run.awaitIdle();
        run.check();
        run.put("default", 31, 20, SYNC);
        run.check();
    }

    private static void keyspaces(FaultRun run) {
        run.reopen();
        run.create("a");
        run.create("b");
        run.batch(1, 4, 300, BUFFERED, "default", "a", "b");
        run.flush();
        run.batch(2, 4, 300, BUFFERED, "a", "b");
        run.whileScanning("a", () -> run.drop("a"));
        run.check();
        run.create("a");
        run.batch(3, 2, 300, SYNC, "a", "b");
        run.drop("b");
        run.background(20, 10);
        run.reopen();
        run.put("a", 9, 20, SYNC);
        run.check();
    }

    private static void manifest(FaultRun run) {
        run.reopen();
        run.put("default", 1, 20, SYNC);
        run.create("a");
        run.put("a", 1, 20, BUFFERED);
        run.flush();
        run.drop("a");
        run.check();
    }

    private static void unflushed(FaultRun run) {
        tables(run);
        run.create("a");
        for (int i = 0; i < 6; i++) {
            run.batch(4 * i, 3, 4_000, i % 2 == 0 ? SYNC : BUFFERED, "default", "a");
        }
    }

    private static void recovery(FaultRun run) {
        run.reopen();
        run.check();
        run.put("default", 1, 20, SYNC);
        run.put("a", 2, 20, BUFFERED);
        run.reopen();
        run.put("a", 3, 20, SYNC);
        run.check();
    }

    private static void readOnly(FaultRun run) {
        boolean opened = run.openToRead();
        if (!opened) {
            opened = run.openToRead();
        }
        if (!opened) {
            run.heal();
            run.openToRead();
        }
        run.check();
        run.close();
        run.reopen();
        run.put("a", 3, 20, SYNC);
    }

    private static void anything(FaultRun run, Random random, int operations) {
        String[] names = {"default", "a", "b", "none"};
        for (int i = 0; i < operations; i++) {
            String name = names[random.nextInt(3)];
            int key = random.nextInt(30);
            int bytes = random.nextInt(6) == 0 ? 60_000 : random.nextInt(2_000);
            var durability = random.nextInt(4) == 0 ? SYNC : BUFFERED;
            switch (random.nextInt(20)) {
                case 0 -> run.flush();
                case 1 -> run.compact();
                case 2, 3 -> run.create(names[1 + random.nextInt(3)]);
                case 4 -> run.drop(names[1 + random.nextInt(3)]);
                case 5 -> run.sync();
                case 6 -> run.check();
                case 7, 8 -> run.background(random.nextInt(10), random.nextInt(2_000));
                case 9 -> run.batch(key, random.nextInt(12), bytes, durability, "default", "a",
                        "b");
                case 10 -> run.put("none", key, bytes, NONE);
                case 11 -> run.delete(name, key, durability);
                case 12 -> run.whileScanning(name, run::flush);
                case 13 -> run.put(name, key, 300_000, durability);
                case 14 -> run.awaitIdle();
                case 15 -> {
                    if (random.nextInt(3) == 0) {
                        run.reopen();
                    }
                }
                default -> run.put(name, key, bytes, durability);
            }
        }
    }
}
