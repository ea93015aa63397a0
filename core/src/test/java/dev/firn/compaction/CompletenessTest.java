package dev.firn.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.CompactionChoice.Purpose;
import dev.firn.key.UserKey;
import dev.firn.manifest.TableChange.TableAdded;
import dev.firn.manifest.TableMeta;
import dev.firn.manifest.Version;
import dev.firn.sstable.Coverage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Of which versions merges say that they have all.
class CompletenessTest {
    private static final long FLUSHED = 100;

    private static UserKey key(String key) {
        return key == null ? null : UserKey.owning(key.getBytes(StandardCharsets.US_ASCII));
    }

    private static TableMeta table(long file, String smallest, String largest, long min,
            long max) {
        return new TableMeta(file, file, 10, 10, 1, 0, key(smallest), key(largest), null, null,
                min, max, 0, 0);
    }

    private final TableMeta newest = table(9, "a", "p", 81, 90);
    private final TableMeta newer = table(8, "c", "z", 61, 80);
    private final TableMeta older = table(7, "b", "k", 41, 60);
    private final TableMeta oldLeft = table(5, "a", "h", 21, 40);
    private final TableMeta oldRight = table(6, "i", "z", 25, 30);
    private final TableMeta base = table(4, "d", "x", 0, 3);

    /// One run for each array, newest first.
    private static Version version(TableMeta[]... runs) {
        var changes = new ArrayList<TableAdded>();
        for (int level = 0; level < runs.length; level++) {
            for (TableMeta table : runs[level]) {
                changes.add(new TableAdded(1, level, 1, table));
            }
        }
        return Version.EMPTY.apply(changes);
    }

    private static TableMeta[] run(TableMeta... tables) {
        return tables;
    }

    private final Version all = version(run(newest), run(newer), run(older),
            run(oldLeft, oldRight), run(base));

    private static Coverage of(Version version, String from, String to, TableMeta[]... inputs) {
        List<Input> runs = new ArrayList<>();
        for (TableMeta[] tables : inputs) {
            runs.add(new Input(1, 1, List.of(tables)));
        }
        Merge merge = new Merge(runs, key(from), key(to), 6, 1, KeySpans.NONE, Purpose.RUNS,
                1 << 20, true, "test");
        return Completeness.of(merge, version, FLUSHED);
    }

    @Test
    void allThereIsGoesUpToTheLastFlush() {
        assertThat(of(all, null, null, run(newest), run(newer), run(older),
                run(oldLeft, oldRight), run(base)))
                .isEqualTo(new Coverage(0, FLUSHED, null, null));
    }

    @Test
    void newerTablesThatAreNotMergedEndIt() {
        assertThat(of(all, null, null, run(older), run(oldLeft, oldRight), run(base)))
                .isEqualTo(new Coverage(0, 60, null, null));
        assertThat(of(all, "q", null, run(oldLeft, oldRight), run(base)))
                .isEqualTo(new Coverage(0, 60, key("q"), null));
        assertThat(of(all, "a", "b", run(oldLeft, oldRight)))
                .isEqualTo(new Coverage(0, 80, key("a"), key("b")));
    }

    @Test
    void olderTablesThatAreNotMergedBeginIt() {
        assertThat(of(all, null, null, run(newest), run(newer), run(older)))
                .isEqualTo(new Coverage(41, FLUSHED, null, null));
        assertThat(of(all, "a", "h", run(newest), run(newer), run(older), run(oldLeft)))
                .isEqualTo(new Coverage(21, FLUSHED, key("a"), key("h")));
        assertThat(of(all, "a", "d", run(newest), run(newer), run(older), run(oldLeft)))
                .isEqualTo(new Coverage(0, FLUSHED, key("a"), key("d")));
    }

    @Test
    void tablesInBetweenLeaveNothing() {
        assertThat(of(all, null, null, run(newest), run(older))).isNull();
        assertThat(of(all, "a", "b", run(newest), run(older)))
                .isEqualTo(new Coverage(41, FLUSHED, key("a"), key("b")));
    }

    @Test
    void ofSomeTablesOfARunItIsWhatTheyReach() {
        Version leveled = version(run(oldLeft, oldRight), run(base));
        assertThat(of(leveled, null, null, run(oldLeft), run(base)))
                .isEqualTo(new Coverage(0, FLUSHED, key("a"), key("h\0")));
        assertThat(of(leveled, null, null, run(oldRight), run(base)))
                .isEqualTo(new Coverage(0, FLUSHED, key("i"), key("z\0")));
    }

    @Test
    void aPartIsNeverMoreThanTheWhole() {
        var whole = new Coverage(1, 2, key("d"), key("m"));
        assertThat(whole.part(null, null)).isEqualTo(whole);
        assertThat(whole.part(null, key("e"))).isEqualTo(
                new Coverage(1, 2, key("d"), key("e")));
        assertThat(whole.part(key("a"), key("z"))).isEqualTo(whole);
        assertThat(whole.part(key("m"), null)).isNull();
        assertThat(whole.part(null, key("d"))).isNull();
        var open = new Coverage(1, 2, null, null);
        assertThat(open.part(key("e"), key("f"))).isEqualTo(
                new Coverage(1, 2, key("e"), key("f")));
        assertThat(open.part(null, null)).isEqualTo(open);
    }
}
