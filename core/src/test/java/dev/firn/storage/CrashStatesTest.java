package dev.firn.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.storage.SimulatedStorage.DirectoryOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a crash leaves of a [SimulatedStorage]. Sectors are written as one letter, 512 times.
class CrashStatesTest {
    private static final int SECTOR = 512;

    private SimulatedStorage storage;

    @BeforeEach
    void create() {
        storage = new SimulatedStorage();
        storage.create();
    }

    private static void write(WriteFile file, int sector, String letters) throws IOException {
        byte[] bytes = sectors(letters).getBytes(US_ASCII);
        file.write((long) sector * SECTOR, MemorySegment.ofArray(bytes), 0, bytes.length);
    }

    private static String sectors(String letters) {
        return letters.chars().mapToObj(c -> Character.toString(c).repeat(SECTOR))
                .collect(Collectors.joining());
    }

    private WriteFile durable(String name, String letters) throws IOException {
        WriteFile file = storage.create(name);
        write(file, 0, letters);
        file.force();
        storage.syncDirectory();
        return file;
    }

    /// The content of whole sectors as one letter each, with . for zeros.
    private static String content(Storage state, String name) {
        try (ReadFile file = state.open(name)) {
            byte[] bytes = new byte[(int) file.bytes()];
            file.copy(0, MemorySegment.ofArray(bytes), 0, bytes.length);
            StringBuilder letters = new StringBuilder();
            for (int at = 0; at < bytes.length; at += SECTOR) {
                byte letter = bytes[at];
                for (int i = at; i < at + SECTOR; i++) {
                    assertThat(bytes[i]).isEqualTo(letter);
                }
                letters.append(letter == 0 ? '.' : (char) letter);
            }
            return letters.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// All files of a state as text.
    private static String names(Storage state) {
        try {
            return state.list().stream()
                    .map(file -> file.name() + ":" + content(state, file.name())).sorted()
                    .collect(Collectors.joining(" "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Set<String> contents(String name) {
        return states().map(state -> content(state, name)).collect(Collectors.toSet());
    }

    private Stream<SimulatedStorage> states() {
        return storage.crashStates(1_000_000, 1);
    }

    @Test
    void whatWasForcedStays() throws IOException {
        try (WriteFile file = durable("a", "ABC")) {
            assertThat(contents("a")).containsExactly("ABC");
            assertThat(states()).hasSize(1);
            write(file, 1, "X");
            file.force();
            assertThat(contents("a")).containsExactly("AXC");
            assertThat(content(storage.crash(new Random(1)), "a")).isEqualTo("AXC");
        }
    }

    @Test
    void anySubsetOfTheOtherSectorsStays() throws IOException {
        try (WriteFile file = durable("a", "ABC")) {
            write(file, 0, "abc");
            assertThat(contents("a")).containsExactlyInAnyOrder("ABC", "aBC", "AbC", "ABc", "abC",
                    "aBc", "Abc", "abc");
        }
    }

    @Test
    void aSectorHasAnyContentItHad() throws IOException {
        try (WriteFile file = durable("a", "AB")) {
            write(file, 0, "1");
            write(file, 0, "2");
            write(file, 1, "b");
            write(file, 0, "3");
            assertThat(contents("a")).containsExactlyInAnyOrder("AB", "1B", "2B", "3B", "Ab",
                    "1b", "2b", "3b");
        }
    }

    @Test
    void aNewTailMayBeMissingOrZero() throws IOException {
        try (WriteFile file = durable("a", "A")) {
            write(file, 1, "BC");
            assertThat(contents("a")).containsExactlyInAnyOrder("A", "A..", "AB.", "A.C", "ABC");
        }
    }

    @Test
    void aCutMayBeUndoneAndIsZeroWhenNot() throws IOException {
        try (WriteFile file = durable("a", "ABC")) {
            file.truncate(SECTOR);
            file.truncate(2 * SECTOR);
            assertThat(content(storage, "a")).isEqualTo("A.");
            assertThat(contents("a")).containsExactlyInAnyOrder("A", "AB", "A.", "ABC", "A.C",
                    "AB.", "A..");
        }
        for (SimulatedStorage state : states().toList()) {
            String left = content(state, "a");
            try (WriteFile file = state.openLog("a")) {
                file.truncate(4 * SECTOR);
                assertThat(content(state, "a")).isEqualTo(left + ".".repeat(4 - left.length()));
            }
        }
    }

    @Test
    void bytesBehindAnOddEndAreZero() throws IOException {
        try (WriteFile file = durable("a", "A")) {
            file.truncate(100);
            file.force();
            file.truncate(SECTOR);
            file.force();
        }
        byte[] bytes = new byte[SECTOR];
        try (ReadFile file = storage.crash(new Random(3)).open("a")) {
            file.copy(0, MemorySegment.ofArray(bytes), 0, SECTOR);
        }
        assertThat(new String(bytes, US_ASCII)).isEqualTo("A".repeat(100) + "\0".repeat(412));
    }

    @Test
    void sectorsAreTornOnlyAtRandom() throws IOException {
        try (WriteFile file = durable("a", "A")) {
            write(file, 0, "B");
        }
        Set<Integer> cuts = new HashSet<>();
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[SECTOR];
            try (ReadFile file = storage.crash(random).open("a")) {
                file.copy(0, MemorySegment.ofArray(bytes), 0, SECTOR);
            }
            String text = new String(bytes, US_ASCII);
            assertThat(text).matches("B*A*");
            cuts.add(text.lastIndexOf('B') + 1);
        }
        assertThat(cuts).contains(0, SECTOR).hasSizeGreaterThan(50);
    }

    @Test
    void aNewNameMayBeLost() throws IOException {
        try (WriteFile file = storage.create("a")) {
            write(file, 0, "A");
            file.force();
        }
        assertThat(states().map(CrashStatesTest::names)).containsExactlyInAnyOrder("", "a:A");
        storage.syncDirectory();
        assertThat(states().map(CrashStatesTest::names)).containsExactly("a:A");
    }

    @Test
    void renamingReplacesWholeOrNotAtAll() throws IOException {
        durable("CURRENT", "1").close();
        durable("tmp", "2").close();
        storage.rename("tmp", "CURRENT");
        assertThat(states().map(CrashStatesTest::names))
                .containsExactlyInAnyOrder("CURRENT:1 tmp:2", "CURRENT:2");
        storage.syncDirectory();
        assertThat(states().map(CrashStatesTest::names)).containsExactly("CURRENT:2");
    }

    @Test
    void theNameMayBeThereBeforeTheBytes() throws IOException {
        durable("CURRENT", "1").close();
        try (WriteFile file = storage.create("tmp")) {
            write(file, 0, "2");
            storage.rename("tmp", "CURRENT");
            assertThat(contents("CURRENT")).containsExactlyInAnyOrder("1", "", ".", "2");
        }
    }

    @Test
    void aDeletedFileMayComeBack() throws IOException {
        durable("a", "A").close();
        storage.delete("a");
        assertThat(states().map(CrashStatesTest::names)).containsExactlyInAnyOrder("", "a:A");
        storage.syncDirectory();
        assertThat(states().map(CrashStatesTest::names)).containsExactly("");
    }

    @Test
    void aRecycledLogMayHaveItsOldName() throws IOException {
        durable("1", "AB").close();
        try (WriteFile file = storage.recycleLog("1", "2", 0)) {
            write(file, 0, "X");
            file.force();
        }
        assertThat(states().map(CrashStatesTest::names)).containsExactlyInAnyOrder("1:XB", "2:XB");
    }

    /// An oracle of its own: all subsets, each judged by the words of the definition.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void namesSurviveAsTheOrderSays(long seed) throws IOException {
        Random random = new Random(seed);
        List<List<String>> changes = new ArrayList<>();
        while (changes.size() < 7) {
            String name = "f" + random.nextInt(4);
            String other = "f" + random.nextInt(4);
            if (!storage.exists(name)) {
                storage.create(name).close();
                changes.add(List.of(name));
            } else if (random.nextBoolean()) {
                storage.delete(name);
                changes.add(List.of(name, "-"));
            } else if (!name.equals(other)) {
                storage.rename(name, other);
                changes.add(List.of(name, other));
            }
        }
        for (DirectoryOrder order : DirectoryOrder.values()) {
            Set<String> expected = new TreeSet<>();
            for (int subset = 0; subset < 1 << changes.size(); subset++) {
                if (isLegal(subset, changes, order)) {
                    expected.add(after(subset, changes));
                }
            }
            storage.directoryOrder(order);
            assertThat(states().map(CrashStatesTest::names).collect(Collectors.toSet()))
                    .as("seed " + seed + ", " + order + ", " + changes).isEqualTo(expected);
            for (int i = 0; i < 50; i++) {
                assertThat(names(storage.crash(random))).isIn(expected);
            }
        }
    }

    private static boolean isLegal(int subset, List<List<String>> changes, DirectoryOrder order) {
        for (int kept = 0; kept < changes.size(); kept++) {
            for (int lost = 0; lost < kept; lost++) {
                List<String> before = changes.get(lost);
                boolean related = changes.get(kept).stream()
                        .anyMatch(name -> !name.equals("-") && before.contains(name));
                if ((subset >> kept & 1) == 1 && (subset >> lost & 1) == 0
                        && (order == DirectoryOrder.PREFIX || related)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static String after(int subset, List<List<String>> changes) {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < changes.size(); i++) {
            if ((subset >> i & 1) == 1) {
                List<String> change = changes.get(i);
                if (change.size() == 2) {
                    names.remove(change.getFirst());
                }
                if (!change.getLast().equals("-")) {
                    names.add(change.getLast());
                }
            }
        }
        return names.stream().map(name -> name + ":").collect(Collectors.joining(" "));
    }

    @Test
    void theDeathOfTheProcessLosesNothingYet() throws IOException {
        try (WriteFile file = storage.createLog("a", SECTOR); AutoCloseable _ = storage.lock("L")) {
            write(file, 0, "A");
            SimulatedStorage left = storage.processCrash();
            assertThat(names(left)).isEqualTo("L: a:A");
            left.openFiles().assertNone();
            left.lock("L").close();
            write(file, 0, "B");
            assertThat(content(left, "a")).isEqualTo("A");
            assertThat(left.crashStates(100, 1).map(CrashStatesTest::names)).contains("", "a:",
                    "a:.", "a:A", "L: a:A").doesNotContain("a:B");
            try (WriteFile again = left.openLog("a")) {
                again.force();
            }
            left.syncDirectory();
            assertThat(left.crashStates(100, 1).map(CrashStatesTest::names))
                    .containsExactly("L: a:A");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFailedForceIsNotMadeUpFor() throws IOException {
        try (WriteFile file = durable("a", "A")) {
            write(file, 0, "BC");
            ((SimulatedWriteFile) file).failForce();
            file.force();
            assertThat(content(storage, "a")).isEqualTo("BC");
            assertThat(contents("a")).contains("A", "BC");
            write(file, 0, "DE");
            file.truncate(2 * SECTOR);
            file.truncate(3 * SECTOR);
            file.force();
            assertThat(contents("a")).containsExactly("DE.");
        }
    }

    @Test
    void theSameSeedGivesTheSameStates() throws IOException {
        try (WriteFile file = durable("a", "ABCDEFGHIJ"); WriteFile other = storage.create("b")) {
            write(file, 0, "0123456789");
            write(file, 9, "0123456789");
            write(other, 0, "XYZ");
        }
        List<String> once = storage.crashStates(500, 7).map(SimulatedStorage::location).toList();
        List<String> again = storage.crashStates(500, 7).map(SimulatedStorage::location).toList();
        assertThat(once).hasSize(500).isEqualTo(again);
        assertThat(new HashSet<>(once)).hasSizeGreaterThan(400);
        assertThat(storage.crashStates(500, 8).map(SimulatedStorage::location).toList())
                .isNotEqualTo(once);
        assertThat(once.get(1)).contains("power lost; names -create b; a: 5120 bytes of 9728");
    }

    @Test
    void statesAreOfTheMomentTheyWereAskedFor() throws IOException {
        try (WriteFile file = durable("a", "A")) {
            write(file, 0, "B");
            Stream<SimulatedStorage> states = states();
            write(file, 0, "C");
            file.force();
            storage.create("b").close();
            assertThat(states.map(CrashStatesTest::names)).containsExactlyInAnyOrder("a:A", "a:B");
        }
    }

    @Test
    void statesDoNotTouchEachOther() throws IOException {
        try (WriteFile file = durable("a", "A")) {
            write(file, 0, "B");
            for (SimulatedStorage state : states().toList()) {
                try (WriteFile theirs = state.openLog("a")) {
                    write(theirs, 0, "XX");
                }
            }
            assertThat(content(storage, "a")).isEqualTo("B");
            assertThat(contents("a")).containsExactlyInAnyOrder("A", "B");
        }
    }

    private static TreeMap<String, Integer> wrongs(DirectoryOrder order, ToyLog.Mistake... mistakes)
            throws IOException {
        TreeMap<String, Integer> wrongs = new TreeMap<>();
        SimulatedStorage toyStorage = new SimulatedStorage().directoryOrder(order);
        ToyLog toy = new ToyLog(toyStorage, mistakes);
        int[] states = {0};
        SimulatedStorage.Listener check = (now, _) -> now.crashStates(200, 1).forEach(state -> {
            try {
                states[0]++;
                String wrong = toy.wrongIn(state);
                if (!wrong.isEmpty()) {
                    wrongs.putIfAbsent(wrong, states[0]);
                }
                state.openFiles().assertNone();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        toyStorage.beforeEach(check);
        toy.run();
        check.before(toyStorage, null);
        assertThat(states[0]).isGreaterThan(50);
        return wrongs;
    }

    @ParameterizedTest
    @EnumSource(DirectoryOrder.class)
    void aCorrectLogLosesNothing(DirectoryOrder order) throws IOException {
        assertThat(wrongs(order)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RETRIED_FORCE")
    void aMistakeIsFound(ToyLog.Mistake mistake) throws IOException {
        TreeMap<String, Integer> wrongs = wrongs(DirectoryOrder.PREFIX, mistake);
        assertThat(wrongs).isNotEmpty();
        assertThat(wrongs.keySet()).containsAnyOf(switch (mistake) {
            case NO_FORCE -> "0 records of 1";
            case NO_DIRECTORY_SYNC -> "no log";
            case FORCE_AFTER_RENAME -> "CURRENT is damaged";
            case NO_CHECKSUM, RETRIED_FORCE -> "wrong bytes in record 1";
        });
    }

    @Test
    @Tag("long")
    void aMillionStatesOfACorrectLog() throws IOException {
        long started = System.nanoTime();
        long[] states = {0};
        for (int seed = 1; states[0] < 1_000_000; seed++) {
            SimulatedStorage toyStorage = new SimulatedStorage()
                    .directoryOrder(DirectoryOrder.values()[seed % 2]);
            ToyLog toy = new ToyLog(toyStorage);
            int now = seed;
            toyStorage.beforeEach((left, _) -> left.crashStates(5_000, now).forEach(state -> {
                states[0]++;
                try {
                    assertThat(toy.wrongIn(state)).as(state::location).isEmpty();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
            toy.run();
        }
        System.out.printf("%d states, %.0f/s%n", states[0],
                states[0] * 1e9 / (System.nanoTime() - started));
    }
}
