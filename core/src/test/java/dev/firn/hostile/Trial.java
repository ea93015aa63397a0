package dev.firn.hostile;

import dev.firn.DumpOptions;
import dev.firn.DumpReport;
import dev.firn.FirnException;
import dev.firn.VerifyReport;
import dev.firn.engine.FileDump;
import dev.firn.hostile.SmallStore.Block;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import dev.firn.storage.Storage;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Tries what becomes of a small store with one damage: opened in both ways and read, verified, and
/// the file dumped. What may be seen follows from where the damage is.
final class Trial {
    private final Opener opener;
    private final SmallStore store;

    Trial(Opener opener, SmallStore store) {
        this.opener = opener;
        this.store = store;
    }

    /// @param isThorough whether it is opened to write and dumped too
    void run(Damage damage, boolean isThorough) {
        try {
            MemoryDirectory damaged = damage.in(store.files);
            Seen seen = look(damage, damaged, true);
            verify(damage, damaged, seen);
            if (isThorough) {
                dump(damage, damaged, seen);
                MemoryDirectory written = damaged.fork();
                judge(damage, Seen.of(opener, written, false, store.keys), seen);
                if (seen.refusal == null && !isTable(damage)) {
                    judge(damage, Seen.of(opener, written, true, store.keys), seen);
                }
            }
        } catch (Violation v) {
            throw new Violation(v.kind(), damage + ": " + v.getMessage(), v);
        } catch (RuntimeException | Error e) {
            throw new Violation(Kind.UNEXPECTED_ERROR, damage + ": " + e, e);
        }
    }

    private Seen look(Damage damage, MemoryDirectory damaged, boolean readOnly) {
        Seen seen = Seen.of(opener, damaged.fork(), readOnly, store.keys);
        judge(damage, seen);
        return seen;
    }

    /// Another look at the same damage must show the same.
    private void judge(Damage damage, Seen seen, Seen before) {
        judge(damage, seen);
        if ((seen.refusal == null) != (before.refusal == null)
                || !seen.contents.equals(before.contents)) {
            throw new Violation(Kind.WRONG_VALUE, "read-only " + told(before) + ", then "
                    + told(seen));
        }
    }

    private static String told(Seen seen) {
        return seen.refusal == null ? seen.contents.toString() : "refused: " + seen.refusal;
    }

    private static boolean isTable(Damage damage) {
        return damage.file().endsWith(".sst");
    }

    private void judge(Damage damage, Seen seen) {
        if (isTable(damage)) {
            table(damage, seen);
            return;
        }
        if (!seen.failures.isEmpty()) {
            throw new Violation(Kind.UNEXPECTED_ERROR, "all tables are whole, but "
                    + seen.failures.getFirst().getMessage());
        }
        FirnException refusal = seen.refusal;
        if (refusal != null) {
            requireNamed(damage, refusal);
        }
        if (damage.file().equals(store.log)) {
            log(damage, seen);
        } else if (refusal == null) {
            requireEqual(seen.contents, store.last());
        }
    }

    /// The error is one that the documentation knows, and tells where.
    private void requireNamed(Damage damage, FirnException e) {
        boolean isKnown = e.kind() == FirnException.Kind.CORRUPT
                || e.kind() == FirnException.Kind.INCOMPATIBLE;
        String message = String.valueOf(e.getMessage());
        // A manifest that lost its last edits is noticed by what is missing of them.
        boolean isElsewhere = damage.isCut() && damage.file().startsWith("MANIFEST");
        boolean isNamed = isElsewhere
                ? message.contains("0000") || message.contains("CURRENT")
                : message.contains(damage.file());
        boolean mustTellWhere = e.kind() == FirnException.Kind.CORRUPT
                && !damage.file().equals("CURRENT");
        int offsets = message.split("at offset", -1).length - 1;
        if (!isKnown || !isNamed || mustTellWhere && offsets < 1 || offsets > 2) {
            throw new Violation(Kind.UNEXPECTED_ERROR, e.kind() + ": " + message, e);
        }
    }

    private static void requireEqual(Contents seen, Contents expected) {
        if (!seen.equals(expected)) {
            throw new Violation(Kind.WRONG_VALUE, "there is " + seen + "\ninstead of " + expected);
        }
    }

    /// Records before the damage are there. Where a later one says that those behind it were
    /// durable, opening is refused; else they are cut off.
    private void log(Damage damage, Seen seen) {
        int whole = 0;
        while (whole < store.starts.size() && recordEnd(whole) <= damage.offset()) {
            whole++;
        }
        FirnException refusal = seen.refusal;
        if (refusal != null) {
            // Without its close record a log that was closed looks as if it had been cut.
            boolean isCloseRecord = store.end == SmallStore.End.CLOSED
                    && whole == store.states.size() - 1
                    && String.valueOf(refusal.getMessage()).contains("the file was cut");
            if (!damage.isCut() && !isCloseRecord && whole >= store.claimed) {
                throw new Violation(Kind.UNEXPECTED_ERROR, "refused, though nothing says that more"
                        + " than " + store.claimed + " commits were durable, and " + whole
                        + " stand before the damage: " + refusal.getMessage(), refusal);
            }
            return;
        }
        int commits = store.states.size() - 1;
        int least = whole < store.claimed ? commits : whole;
        // A flip of a byte that does not matter (there are some between records) costs nothing.
        for (int n = commits; n >= least; n--) {
            if (seen.contents.equals(store.states.get(n))) {
                return;
            }
        }
        throw new Violation(whole < store.claimed ? Kind.UNNOTICED : Kind.NOT_A_PREFIX, whole
                + " commits stand before the damage, " + store.claimed + " are known to be durable,"
                + " but there is " + seen.contents + "\ninstead of " + store.states.get(least));
    }

    /// Where the record of a commit ends, or at least does not before.
    private long recordEnd(int i) {
        return i + 1 < store.starts.size() ? store.starts.get(i + 1) : store.logEnd;
    }

    /// The store opens. Keys that need the damaged part of the table fail; others are there.
    private void table(Damage damage, Seen seen) {
        FirnException refusal = seen.refusal;
        if (refusal != null) {
            throw new Violation(Kind.UNEXPECTED_ERROR, "not opened: " + refusal.getMessage(),
                    refusal);
        }
        seen.failures.forEach(failure -> requireNamed(damage, failure));
        String keyspace = store.keyspaceOf.get(damage.file());
        Block block = blockOf(damage);
        for (Map.Entry<String, ? extends Set<String>> keys : store.keys.entrySet()) {
            NavigableMap<String, String> expected = store.last().of(keys.getKey());
            for (String key : keys.getValue()) {
                boolean isUnreadable = seen.unreadable.getOrDefault(keys.getKey(),
                        new TreeSet<>()).contains(key);
                if (isUnreadable) {
                    requireNeeded(damage.file(), keyspace,
                            block == null ? List.of() : List.of(block), keys.getKey(), key);
                    continue;
                }
                String value = seen.contents.of(keys.getKey()).get(key);
                if (!Objects.equals(value, expected.get(key))) {
                    throw new Violation(Kind.WRONG_VALUE, keys.getKey() + "/" + key + " is " + value
                            + " instead of " + expected.get(key));
                }
            }
        }
    }

    /// A key that cannot be read has to be in the damaged part of a table.
    ///
    /// @param blocks those that are damaged; none if any may be
    static void requireNeeded(String file, @Nullable String damagedSpace, List<Block> blocks,
            String keyspace, String key) {
        boolean isThere = blocks.isEmpty() || blocks.stream().anyMatch(block -> !block.isData()
                || key.compareTo(block.firstKey()) >= 0 && key.compareTo(block.lastKey()) <= 0);
        if (!isThere || !keyspace.equals(damagedSpace)) {
            throw new Violation(Kind.LOST, keyspace + "/" + key
                    + " cannot be read, though it is not in the damaged part of " + file);
        }
    }

    private @Nullable Block blockOf(Damage damage) {
        if (damage.isCut()) {
            return null;
        }
        for (Block block : store.blocks.getOrDefault(damage.file(), List.of())) {
            if (block.from() <= damage.offset() && damage.offset() < block.to()) {
                return block;
            }
        }
        return null;
    }

    /// What opening or reading noticed is found by verification too, and in the same file; and so
    /// is everything in a table.
    private void verify(Damage damage, MemoryDirectory damaged, Seen seen) {
        MemoryDirectory verified = damaged.fork();
        opener.begin();
        VerifyReport report;
        try {
            report = opener.verify(verified);
        } catch (FirnException e) {
            if (seen.refusal == null || e.kind() != seen.refusal.kind()) {
                throw e;
            }
            return;
        } finally {
            opener.requireNothingLeft(verified);
        }
        if (!verified.changesSince(damaged).isEmpty()) {
            throw new Violation(Kind.LOST, "verification changed files");
        }
        boolean mustTell = seen.refusal != null || isTable(damage);
        boolean isElsewhere = damage.isCut() && damage.file().startsWith("MANIFEST");
        boolean tells = report.damages().stream()
                .anyMatch(d -> isElsewhere || d.file().equals(damage.file()));
        if (mustTell && !tells) {
            throw new Violation(Kind.UNNOTICED, "verification finds " + report.damages());
        }
    }

    private void dump(Damage damage, Storage damaged, Seen seen) {
        opener.begin();
        DumpReport report = FileDump.dump(damaged, damage.file(), new DumpOptions(true, true),
                line -> {});
        boolean isCutManifest = damage.isCut() && damage.file().startsWith("MANIFEST");
        if (report.isSound() && !isCutManifest && (seen.refusal != null || isTable(damage))) {
            throw new Violation(Kind.UNNOTICED, "the dump tells of no damage");
        }
    }
}
