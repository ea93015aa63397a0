package dev.firn.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.firn.key.UserKey;
import dev.firn.manifest.TableChange.TableAdded;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Finding the table of a key in a run, against looking at every table.
class RunTest {
    @Test
    void everyKeyIsFoundWhereItIs() {
        for (int seed = 1; seed <= 120; seed++) {
            var random = new Random(seed);
            String prefix = "a long beginning that all keys have".substring(0, random.nextInt(36));
            Run run = run(random, prefix, 1 + random.nextInt(40));
            for (int i = 0; i < run.tableCount(); i++) {
                checkAround(run, run.table(i).first().bytes());
                checkAround(run, run.table(i).end().bytes());
            }
            checkAround(run, new byte[0]);
            checkAround(run, prefix.getBytes());
            for (int i = 0; i < 50; i++) {
                checkAround(run, key(random, random.nextBoolean() ? prefix : ""));
            }
        }
    }

    @Test
    void findingAllocatesNothing() {
        Run run = run(new Random(1), "prefix", 1000);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] key = key(new Random(2), "prefix");
        long found = 0;
        long allocated = 0;
        for (int round = 0; round < 3; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                key[key.length - 1] = (byte) i;
                found += run.indexFor(key, 0, key.length);
                found += run.tableFor(key, 0, key.length) == null ? 0 : 1;
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(found).isNotZero();
        assertThat(allocated).isLessThan(10_000);
    }

    /// Tables with random keys behind the prefix, some of them touching, some trimmed.
    private static Run run(Random random, String prefix, int tables) {
        var keys = new TreeSet<UserKey>();
        while (keys.size() < 2 * tables) {
            keys.add(UserKey.owning(key(random, prefix)));
        }
        List<UserKey> sorted = List.copyOf(keys);
        var changes = new ArrayList<TableAdded>();
        for (int i = 0; i < tables; i++) {
            UserKey smallest = sorted.get(2 * i);
            UserKey largest = sorted.get(2 * i + 1);
            UserKey next = 2 * i + 2 < sorted.size() ? sorted.get(2 * i + 2) : null;
            // Reaches into the next table, but for the bound.
            boolean trimmed = next != null && random.nextInt(3) == 0;
            changes.add(new TableAdded(1, 1, 1, new TableMeta(i + 1, 0, 1, 1, 1, 0, smallest,
                    trimmed ? next : largest, null, trimmed ? next : null, 1, 1, 0, 0)));
        }
        return Version.EMPTY.apply(changes).run(0);
    }

    private static byte[] key(Random random, String prefix) {
        byte[] bytes = new byte[1 + random.nextInt(random.nextBoolean() ? 12 : 3)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = random.nextInt(3) > 0 ? 0 : (byte) random.nextInt();
        }
        byte[] key = Arrays.copyOf(prefix.getBytes(), prefix.length() + bytes.length);
        System.arraycopy(bytes, 0, key, prefix.length(), bytes.length);
        return key;
    }

    /// The key itself, and those next to it.
    static void checkAround(Run run, byte[] key) {
        check(run, key);
        check(run, Arrays.copyOf(key, key.length + 1));
        if (key.length > 0) {
            check(run, Arrays.copyOf(key, key.length - 1));
            byte[] other = key.clone();
            other[key.length - 1]++;
            check(run, other);
            other[key.length - 1] -= 2;
            check(run, other);
        }
    }

    private static void check(Run run, byte[] key) {
        int expected = -1;
        int firstNotBefore = 0;
        for (int i = 0; i < run.tableCount(); i++) {
            TableMeta t = run.table(i);
            byte[] first = (t.lower() == null ? t.smallest() : t.lower()).bytes();
            boolean reached = Arrays.compareUnsigned(key, first) >= 0;
            boolean beyond = t.upper() == null
                    ? Arrays.compareUnsigned(key, t.largest().bytes()) > 0
                    : Arrays.compareUnsigned(key, t.upper().bytes()) >= 0;
            if (reached && !beyond) {
                require(expected < 0, run, key);
                expected = i;
            }
            firstNotBefore += beyond ? 1 : 0;
        }
        byte[] wide = new byte[key.length + 5];
        Arrays.fill(wide, (byte) 0x77);
        System.arraycopy(key, 0, wide, 2, key.length);
        // Millions of times: plain comparisons.
        require(run.indexFor(wide, 2, key.length) == expected, run, key);
        require(run.seek(wide, 2, key.length) == firstNotBefore, run, key);
        require(run.tableFor(wide, 2, key.length) == (expected < 0 ? null : run.table(expected)),
                run, key);
        for (int i = 0; i < run.tableCount(); i++) {
            require(run.table(i).covers(wide, 2, key.length) == (i == expected), run, key);
        }
    }

    private static void require(boolean holds, Run run, byte[] key) {
        if (!holds) {
            throw new AssertionError(Arrays.toString(key) + " in " + run.tables());
        }
    }
}
