package dev.firn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.key.UserKey;
import dev.firn.sstable.Coverage;
import org.junit.jupiter.api.Test;

/// What tables say that they replace, put together.
class RepairCoversTest {
    private final RepairCovers covers = new RepairCovers();

    private static UserKey key(String key) {
        return key == null ? null : UserKey.owning(TestData.bytes(key));
    }

    private void add(long number, long first, long last, String from, String to) {
        covers.add(number, new Coverage(first, last, key(from), key(to)));
    }

    private boolean replaces(long number, String smallest, String largest, long min, long max) {
        return covers.replaces(number, key(smallest), key(largest), min, max);
    }

    @Test
    void aTableIsReplacedByNewerOnesThatAreWithoutAGap() {
        add(10, 0, 50, null, "g");
        add(11, 0, 50, "g", "p");
        add(12, 0, 50, "p", null);
        assertThat(replaces(9, "a", "z", 1, 50)).isTrue();
        assertThat(replaces(9, "a", "z", 0, 0)).isTrue();
        assertThat(replaces(9, "a", "z", 1, 51)).isFalse();
        assertThat(replaces(10, "a", "z", 1, 50)).isFalse();
        assertThat(replaces(10, "g", "z", 1, 50)).isTrue();
        assertThat(replaces(12, "p", "z", 1, 50)).isFalse();
    }

    @Test
    void aGapReplacesNothing() {
        add(10, 0, 50, null, "g");
        add(12, 0, 50, "p", null);
        assertThat(replaces(9, "a", "z", 1, 50)).isFalse();
        assertThat(replaces(9, "a", "f", 1, 50)).isTrue();
        assertThat(replaces(9, "a", "g", 1, 50)).isFalse();
        assertThat(replaces(9, "p", "q", 1, 50)).isTrue();
    }

    @Test
    void sequencesOfOlderTablesAreNotReplaced() {
        add(10, 20, 50, null, null);
        assertThat(replaces(9, "a", "z", 20, 50)).isTrue();
        assertThat(replaces(9, "a", "z", 19, 50)).isFalse();
        assertThat(replaces(9, "a", "z", 0, 30)).isFalse();
        assertThat(covers.hasLogged(TestData.bytes("k"), 20)).isTrue();
        assertThat(covers.hasLogged(TestData.bytes("k"), 19)).isFalse();
        assertThat(covers.hasLogged(TestData.bytes("k"), 51)).isFalse();
    }

    @Test
    void theLogIsAskedByKey() {
        add(10, 0, 50, "b", "d");
        assertThat(covers.hasLogged(TestData.bytes("a"), 1)).isFalse();
        assertThat(covers.hasLogged(TestData.bytes("b"), 1)).isTrue();
        assertThat(covers.hasLogged(TestData.bytes("d"), 1)).isFalse();
    }
}
