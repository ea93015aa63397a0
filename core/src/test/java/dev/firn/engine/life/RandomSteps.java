package dev.firn.engine.life;

import dev.firn.Durability;
import dev.firn.engine.life.Step.Do;
import dev.firn.engine.life.Step.Verb;
import dev.firn.engine.life.Step.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Scripts that a seed decides.
final class RandomSteps {
    /// Keyspaces are numbered from 0, the default one, up to this.
    static final int SPACES = 5;

    private final Random random;
    private final boolean crashes;
    private final boolean small;

    private RandomSteps(Random random, boolean crashes, boolean small) {
        this.random = random;
        this.crashes = crashes;
        this.small = small;
    }

    /// A life with everything in it, of values up to some hundred kilobytes.
    static Script life(long seed, int steps, boolean crashes) {
        Random random = new Random(seed);
        Setup setup = Setup.usual(seed, random);
        RandomSteps of = new RandomSteps(random, crashes, false);
        return new Script(setup, seed, of.steps(steps, of::ofLife));
    }

    /// A life of small writes in which files turn over all the time, to be crashed at many places.
    static Script restless(long seed, int steps) {
        Random random = new Random(seed * 0x5851F42D4C957F2DL + 1);
        Setup setup = Setup.small(seed, random);
        RandomSteps of = new RandomSteps(random, true, true);
        return new Script(setup, seed, of.steps(steps, of::restless));
    }

    /// A life of small writes with fewer flushes and compactions, to be crashed everywhere.
    static Script gentle(long seed, int steps) {
        Random random = new Random(seed * 0x5851F42D4C957F2DL + 2);
        Setup setup = Setup.small(seed, random);
        RandomSteps of = new RandomSteps(random, true, true);
        return new Script(
                setup, seed,
                of.steps(steps, () -> of.random.nextInt(4) == 0 ? of.restless() : of.write()));
    }

    /// A life of writes of one size in few keyspaces, with little else: segments of the log are
    /// retired and written again, and old records stand exactly where the next new one may go.
    static Script even(long seed, int steps) {
        Random random = new Random(seed * 0x5851F42D4C957F2DL + 3);
        Setup setup = Setup.small(seed, random);
        RandomSteps of = new RandomSteps(random, true, true);
        return new Script(setup, seed, of.steps(steps, of::even));
    }

    private Step even() {
        return switch (random.nextInt(60)) {
            case 0, 1, 2, 3 -> step(Verb.FLUSH);
            case 4, 5, 6, 7, 8 -> step(Verb.FREEZE, random.nextInt(3));
            case 9, 10, 11, 12, 13, 14, 15, 16, 17 -> step(Verb.WORK, random.nextInt(6));
            case 18 -> step(Verb.CREATE, 1);
            case 19 -> step(Verb.DROP, 1);
            case 20 -> step(Verb.SYNC);
            case 21 -> step(Verb.KILL);
            default -> new Write(
                    random.nextInt(8) == 0 ? Durability.SYNC : Durability.BUFFERED, false,
                    List.of(
                            new Edit(
                                    random.nextInt(2), 11 + 7 * random.nextInt(12), 100,
                                    random.nextInt(1 << 20))));
        };
    }

    private interface Source {
        Step next();
    }

    private List<Step> steps(int count, Source source) {
        List<Step> steps = new ArrayList<>(count);
        steps.add(step(Verb.CREATE, 1, random.nextInt(9)));
        steps.add(step(Verb.CREATE, 2, random.nextInt(9)));
        while (steps.size() < count) {
            steps.add(source.next());
        }
        return steps;
    }

    private Step ofLife() {
        int n = random.nextInt(200);
        return switch (n) {
            case 0 -> step(Verb.FLUSH);
            case 1 -> step(Verb.FLUSH, 1 + space());
            case 2 -> step(Verb.COMPACT, random.nextInt(4) == 0 ? 0 : 1 + space(), key(), key());
            case 3 -> step(random.nextBoolean()
                    ? Verb.SNAPSHOT
                    : random.nextBoolean() ? Verb.REOPEN : Verb.LOOK);
            case 4 -> step(random.nextBoolean() ? Verb.CHECK : Verb.SYNC);
            case 5, 6, 7 -> step(random.nextInt(3) == 0 ? Verb.DROP : Verb.CREATE, 1 + random
                    .nextInt(SPACES - 1), random.nextInt(9));
            case 8 -> random.nextInt(4) == 0 ? step(Verb.IDLE) : step(Verb.SYNC);
            case 9 -> !crashes || random.nextInt(2) == 0
                    ? step(Verb.SYNC)
                    : step(random.nextBoolean() ? Verb.KILL : Verb.CUT, random.nextInt(1 << 20));
            case 10, 11, 12, 13, 14 -> step(Verb.SNAPSHOT);
            case 15, 16, 17, 18, 19 -> step(Verb.RELEASE, random.nextInt(8));
            default -> n < 24
                    ? step(Verb.SCAN, space(), random.nextInt(1 << 20), key())
                    : n < 26
                            ? step(Verb.END, random.nextInt(8))
                            : n < 44
                                    ? step(Verb.WORK, random.nextInt(6))
                                    : n < 46
                                            ? step(Verb.WAIT, random.nextInt(3000))
                                            : n < 62
                                                    ? batch()
                                                    : n < 86
                                                            ? step(Verb.MOVE,
                                                                    random.nextInt(1 << 20))
                                                            : n < 120 ? read() : write();
        };
    }

    private Step restless() {
        int n = random.nextInt(100);
        return switch (n) {
            case 0, 1 -> step(Verb.FLUSH, random.nextBoolean() ? 0 : 1 + space());
            case 2, 3, 24, 25, 26 -> step(Verb.FREEZE, random.nextBoolean() ? 0 : 1 + space());
            case 4, 5 -> step(
                    Verb.COMPACT, random.nextInt(3) == 0 ? 0 : 1 + space(), key(), key());
            case 6 -> step(Verb.REOPEN);
            case 7 -> random.nextBoolean() ? step(Verb.LOOK) : step(Verb.CHECK);
            case 8, 9, 10 -> step(Verb.CREATE, 1 + random.nextInt(SPACES - 1), random.nextInt(9));
            case 11, 12 -> step(Verb.DROP, 1 + random.nextInt(SPACES - 1));
            case 13, 14 -> step(Verb.SYNC);
            case 15 -> step(Verb.KILL);
            case 16 -> step(Verb.CUT, random.nextInt(1 << 20));
            case 17 -> step(Verb.SNAPSHOT);
            case 18 -> step(Verb.RELEASE, random.nextInt(8));
            case 19, 20 -> step(Verb.WAIT, random.nextInt(3000));
            case 21 -> step(Verb.IDLE);
            case 22 -> read();
            default -> n < 40 ? step(Verb.WORK, random.nextInt(6)) : n < 60 ? batch() : write();
        };
    }

    private static Step step(Verb verb, int... numbers) {
        return new Do(
                verb,
                numbers.length > 0 ? numbers[0] : 0,
                numbers.length > 1 ? numbers[1] : 0,
                numbers.length > 2 ? numbers[2] : 0);
    }

    private Step read() {
        return step(Verb.READ, space(), key(), random.nextInt(1 << 20));
    }

    private Step write() {
        return new Write(durability(), false, List.of(edit(random.nextInt(4) == 0)));
    }

    private Step batch() {
        int size = random.nextInt(!small && random.nextInt(10) == 0 ? 200 : 8);
        List<Edit> edits = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            edits.add(edit(random.nextInt(4) == 0));
        }
        return new Write(durability(), true, edits);
    }

    private Edit edit(boolean delete) {
        return new Edit(
                space(), key(), delete ? Edit.DELETE : size(), random.nextInt(1 << 20));
    }

    private Durability durability() {
        return switch (random.nextInt(small ? 8 : 20)) {
            case 0, 1 -> Durability.SYNC;
            case 2, 3 -> crashes ? Durability.NONE : Durability.BUFFERED;
            default -> Durability.BUFFERED;
        };
    }

    private int space() {
        return random.nextInt(SPACES);
    }

    private int key() {
        return random.nextInt(random.nextBoolean() ? 40 : small ? 80 : 600);
    }

    private int size() {
        if (small) {
            return switch (random.nextInt(40)) {
                case 0 -> 2_000 + random.nextInt(6_000);
                case 1, 2, 3 -> 300 + random.nextInt(600);
                default -> random.nextInt(40);
            };
        }
        return switch (random.nextInt(60)) {
            case 0 -> 20_000 + random.nextInt(60_000);
            case 1 -> 0;
            case 2 -> random.nextInt(8) == 0 ? 300_000 : 3_000;
            default -> random.nextInt(random.nextBoolean() ? 30 : 800);
        };
    }
}
