package dev.firn.compaction;

import dev.firn.compaction.CompactionChoice.Input;
import dev.firn.compaction.CompactionChoice.Merge;
import dev.firn.compaction.CompactionChoice.Purpose;
import dev.firn.key.UserKey;
import dev.firn.manifest.TableMeta;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The choices that are being carried out, so that a further one can be disjoint from them.
/// Immutable.
public final class Busy {
    /// Nothing is running.
    public static final Busy NOTHING = new Busy(List.of());

    private final List<CompactionChoice> running;
    private final Set<Long> files = new HashSet<>();

    private Busy(List<CompactionChoice> running) {
        this.running = List.copyOf(running);
        for (CompactionChoice choice : running) {
            for (Input input : choice.inputs()) {
                input.tables().forEach(table -> files.add(table.file()));
            }
        }
    }

    /// With these choices running.
    public static Busy with(List<? extends CompactionChoice> running) {
        return running.isEmpty() ? NOTHING : new Busy(List.copyOf(running));
    }

    /// Whether a table is part of what runs.
    boolean uses(TableMeta table) {
        return files.contains(table.file());
    }

    /// Whether a table of the list is part of what runs.
    boolean usesAny(List<TableMeta> tables) {
        return !files.isEmpty() && tables.stream().anyMatch(this::uses);
    }

    /// Whether a running merge writes to a level.
    boolean writesTo(int level) {
        return running.stream().anyMatch(c -> c instanceof Merge m && m.level() == level);
    }

    /// Whether a running merge to a level may put a table there that overlaps this one.
    boolean mayCollide(int level, TableMeta table) {
        return running.stream()
                .anyMatch(
                        c -> c instanceof Merge m && m.level() == level && hull(m).overlaps(table));
    }

    /// Whether a merge for this purpose runs.
    boolean runs(Purpose purpose) {
        return running.stream().anyMatch(c -> c instanceof Merge m && m.purpose() == purpose);
    }

    private static KeySpans.Span hull(Merge merge) {
        UserKey from = merge.from();
        UserKey to = merge.to();
        KeySpans.Span hull = null;
        for (Input input : merge.inputs()) {
            for (TableMeta table : input.tables()) {
                KeySpans.Span span = KeySpans.Span.of(table);
                hull = hull == null ? span : hull.union(span);
            }
        }
        if (hull == null) {
            throw new IllegalArgumentException("a merge without inputs");
        }
        return hull.within(from, to);
    }
}
