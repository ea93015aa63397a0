package dev.firn.cli.draw;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.CompactionShape;
import dev.firn.Compression;
import dev.firn.KeyBytes;
import dev.firn.KeyspaceTree;
import dev.firn.KeyspaceTree.MemtableInfo;
import dev.firn.Statistics.Amplification;
import dev.firn.Statistics.KeyspaceStatistics;
import dev.firn.Statistics.Level;
import dev.firn.TableInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreeDrawingTest {
    private static final MemtableInfo ACTIVE = new MemtableInfo(false, 2 << 20, 4 << 20, 1_203, 4);

    @Test
    void aTreeWithAllThereIs() {
        var tables = new ArrayList<TableInfo>();
        tables.add(table(0, 9, "a", "z", 4, 0));
        tables.add(table(0, 8, "b", "y", 4, 20));
        for (int i = 0; i < 4; i++) {
            tables.add(table(2, 5, key(6 * i), key(6 * i + 5), i == 2 ? 4 : 8, 0));
        }
        var tree =
                new KeyspaceTree(
                        "default",
                        CompactionShape.HYBRID,
                        List.of(ACTIVE, new MemtableInfo(true, 4 << 20, 4 << 20, 2_310, 0)),
                        tables);
        assertThat(drawn(tree, 100))
                .isEqualTo(
                        """
                                default · hybrid · 6 tables in 3 runs · 36.0 MiB

                                                                                          tables       size      entries  tombstones
                                  memtable  ██████████████████████░░░░░░░░░░░░░░░░░░░░░     50 %    2.0 MiB        1,203           4
                                  frozen 1  ███████████████████████████████████████████    100 %    4.0 MiB        2,310
                                  L0  run 1 ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄        1    4.0 MiB        2,000
                                      run 2   ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄        1    4.0 MiB        2,000          20
                                  L1        ·                                                  0        0 B            0
                                  L2        ███████████ ███████████ ▄▄▄▄▄▄ ███████████         4   28.0 MiB       14,000
                                            a                                         z

                                  amplification: read 4 places · space 1.12 ×
                                                 write 3.21 × since it was opened
                                """
                                .lines().toList());
    }

    private static List<String> drawn(KeyspaceTree tree, int columns) {
        return TreeDrawing.draw(tree, figures(tree), columns, Paint.PLAIN);
    }

    @Test
    void anEmptyTree() {
        var empty = new MemtableInfo(false, 0, 4 << 20, 0, 0);
        var tree = new KeyspaceTree("k", CompactionShape.LEVELED, List.of(empty), List.of());
        assertThat(drawn(tree, 80)).anySatisfy(line -> assertThat(line).contains("no tables yet"))
                .anySatisfy(line -> assertThat(line).contains("memtable").contains("0 B")
                        .doesNotContain("█"));
    }

    @ParameterizedTest
    @ValueSource(ints = {-5, 20, 60, 61, 75, 80, 95, 100, 133, 200, 1000})
    void nothingIsWiderThanAsked(int columns) {
        for (long seed = 0; seed < 30; seed++) {
            KeyspaceTree tree = random(new Random(seed), 40);
            int width = Math.clamp(columns, 60, 200);
            assertThat(drawn(tree, columns)).as("seed %d", seed)
                    .allSatisfy(line -> assertThat(Width.of(line)).isLessThanOrEqualTo(width))
                    .allSatisfy(
                            line -> assertThat(line.codePoints().noneMatch(Character::isISOControl))
                                    .isTrue());
        }
    }

    @Test
    void coloursTakeNoRoomAndChangeNothingElse() {
        KeyspaceTree tree = random(new Random(7), 30);
        List<String> coloured = TreeDrawing.draw(tree, figures(tree), 100, Paint.COLOURED);
        assertThat(coloured).map(line -> line.replaceAll("\u001b\\[[0-9;]*m", "").stripTrailing())
                .isEqualTo(drawn(tree, 100));
        assertThat(String.join("", coloured)).contains("\u001b[");
        assertThat(String.join("", drawn(tree, 100))).doesNotContain("\u001b");
    }

    @Test
    void aTableOfOneKeyIsSeen() {
        var tree = tree(List.of(table(0, 1, "k", "k", 1, 0)));
        assertThat(drawn(tree, 80))
                .anySatisfy(line -> assertThat(line).startsWith("  L0").contains("█"));
    }

    @Test
    void emptyAndBinaryKeysAreShownEscaped() {
        var first = new KeyBytes(new byte[0]);
        var last = new KeyBytes(new byte[]{(byte) 0xff, 27, '[', '3', '1', 'm'});
        var table = new TableInfo(1, 0, 1, 1000, 5, 0, first, last, 1, 5, 0, Compression.NONE);
        assertThat(String.join("\n", drawn(tree(List.of(table)), 100)))
                .contains("(empty)").contains("\\xff\\x1b[31m").doesNotContain("\u001b");
    }

    @Test
    void twoThousandTablesAreDrawnAtOnce() {
        var tables = new ArrayList<TableInfo>();
        for (int i = 0; i < 2_000; i++) {
            tables.add(table(3, 1, String.format("k%06d", 2 * i), String.format("k%06d", 2 * i + 1),
                    64, 0));
        }
        long start = System.nanoTime();
        List<String> lines = drawn(tree(tables), 100);
        assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
        assertThat(lines).hasSizeLessThan(15)
                .anySatisfy(line -> assertThat(line).startsWith("  L3").contains("2,000")
                        .contains("████████"));
    }

    @Test
    void manyRunsAreDrawnAsSome() {
        var tables = new ArrayList<TableInfo>();
        for (int i = 0; i < 50; i++) {
            tables.add(table(0, 100 - i, "a", "z", 4, 0));
        }
        assertThat(drawn(tree(tables), 100)).hasSizeLessThan(20)
                .anySatisfy(
                        line -> assertThat(line).contains("… and 43 more runs").contains("172 MiB"))
                .anySatisfy(line -> assertThat(line).contains("run 50"));
    }

    /// Each table of the deepest run stands where its keys are: the bars are in order, none is lost while
    /// there is room, and each is about as wide as it has bytes.
    @Test
    void tablesAreAsWideAsTheyAreBig() {
        List<TableInfo> run =
                List.of(table(1, 1, "a", "b", 1, 0), table(1, 1, "c", "d", 2, 0),
                        table(1, 1, "e", "f", 4, 0));
        String bar = RunBar.draw(run, KeyScale.of(run), 70, 4 << 20);
        assertThat(bar).isEqualTo("▂".repeat(10) + " " + "▄".repeat(19) + " " + "█".repeat(39));
    }

    private static KeyspaceTree random(Random random, int tablesMax) {
        var tables = new ArrayList<TableInfo>();
        int n = 1 + random.nextInt(tablesMax);
        int level = 0;
        int run = 100;
        while (tables.size() < n) {
            int inRun = level == 0 ? 1 : 1 + random.nextInt(10);
            for (int i = 0; i < inRun; i++) {
                int from = i * 100 + random.nextInt(40);
                int to = from + random.nextInt(50);
                tables.add(
                        table(level, run, String.format("%09d", from), String.format("%09d", to),
                                random.nextInt(5_000), random.nextInt(3)));
            }
            run--;
            level += random.nextInt(4) == 0 ? 1 : 0;
        }
        return tree(tables);
    }

    private static KeyspaceTree tree(List<TableInfo> tables) {
        return new KeyspaceTree("default", CompactionShape.TIERED, List.of(ACTIVE), tables);
    }

    private static KeyspaceStatistics figures(KeyspaceTree tree) {
        var none = new Level(-1, 0, 0, 0, 0, 0);
        var amplification = new Amplification(3.214, 4, 1.12);
        return new KeyspaceStatistics(
                tree.name(), tree.shape(), List.of(), none, 0, 0, 0, 3, amplification);
    }

    private static TableInfo table(int level, long run, String from, String to, long mib,
            long tombstones) {
        return new TableInfo(
                run * 100 + level, level, run, mib << 20, mib * 500, tombstones,
                new KeyBytes(from.getBytes(UTF_8)), new KeyBytes(to.getBytes(UTF_8)), 1, 2, 0,
                Compression.LZ4);
    }

    private static String key(int letter) {
        return String.valueOf((char) ('a' + letter));
    }
}
