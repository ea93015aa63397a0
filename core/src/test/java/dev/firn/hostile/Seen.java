package dev.firn.hostile;

import dev.firn.Cursor;
import dev.firn.FirnException;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.engine.Store;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a look at a store has shown: that it cannot be opened, or what it holds, as far as that
/// could be read.
final class Seen {
    /// No small store has so many.
    private static final int ENTRIES_MAX = 100_000;

    /// Why it could not be opened, or null.
    @Nullable
    FirnException refusal;

    /// What scans forward and backward and reads of single keys have found, where all agree.
    final Contents contents = new Contents();

    /// Keys that could not be read, by keyspace.
    final Map<String, TreeSet<String>> unreadable = new TreeMap<>();

    /// Why.
    final List<FirnException> failures = new ArrayList<>();

    /// Opens the store, reads everything in every way, closes it.
    ///
    /// @param probes keys to ask for besides those that scans find
    static Seen of(Opener opener, MemoryDirectory directory, boolean readOnly,
            Map<String, ? extends Collection<String>> probes) {
        var seen = new Seen();
        MemoryDirectory before = directory.fork();
        opener.begin();
        try (Store store = opener.open(directory, readOnly)) {
            for (String name : store.keyspaceNames()) {
                seen.read(store.keyspace(name), probes.get(name));
            }
        } catch (FirnException e) {
            if (!seen.contents.keyspaces.isEmpty()) {
                throw new Violation(Kind.UNEXPECTED_ERROR, "after opening: " + e.getMessage(), e);
            }
            seen.refusal = e;
        }
        opener.requireNothingLeft(directory);
        if (readOnly || seen.refusal != null) {
            List<String> changes = directory.changesSince(before);
            if (!changes.isEmpty()) {
                throw new Violation(Kind.LOST, (readOnly ? "a read-only open" : "a failed open")
                        + " changed " + changes
                        + (seen.refusal == null ? "" : ": " + seen.refusal.getMessage()));
            }
        }
        return seen;
    }

    /// Opens files to read that somebody has made up, and reads everything: what it says is not
    /// compared with anything.
    static Seen unjudged(Opener opener, MemoryDirectory directory) {
        var seen = new Seen();
        MemoryDirectory before = directory.fork();
        opener.begin();
        try (Store store = opener.open(directory, true)) {
            for (String name : store.keyspaceNames()) {
                seen.scan(store.keyspace(name), true, null);
                seen.scan(store.keyspace(name), false, null);
            }
        } catch (FirnException e) {
            seen.refusal = e;
        }
        opener.requireNothingLeft(directory);
        if (!directory.changesSince(before).isEmpty()) {
            throw new Violation(Kind.LOST, "a read-only open changed files");
        }
        FirnException refusal = seen.refusal;
        if (refusal != null && refusal.kind() != FirnException.Kind.CORRUPT
                && refusal.kind() != FirnException.Kind.INCOMPATIBLE) {
            throw new Violation(Kind.UNEXPECTED_ERROR, "refused with " + refusal.kind() + ": "
                    + refusal.getMessage(), refusal);
        }
        return seen;
    }

    private void read(Keyspace keyspace, @Nullable Collection<String> probes) {
        String name = keyspace.name();
        contents.of(name);
        TreeMap<String, String> forward = new TreeMap<>();
        TreeMap<String, String> backward = new TreeMap<>();
        boolean isWhole = scan(keyspace, true, forward) & scan(keyspace, false, backward);
        if (isWhole && !forward.equals(backward)) {
            throw new Violation(Kind.WRONG_VALUE, name + " forward " + forward + ", backward "
                    + backward);
        }
        TreeSet<String> keys = new TreeSet<>(forward.keySet());
        keys.addAll(backward.keySet());
        if (probes != null) {
            keys.addAll(probes);
        }
        for (String key : keys) {
            String scanned = forward.getOrDefault(key, backward.get(key));
            try {
                byte @Nullable [] value = keyspace.get(Contents.bytes(key));
                String got = value == null ? null : Contents.text(value);
                boolean agrees = got == null ? scanned == null : got.equals(scanned);
                if (!agrees && (isWhole || scanned != null)) {
                    throw new Violation(Kind.WRONG_VALUE, name + "/" + key + ": get says " + got
                            + ", scans say " + scanned);
                }
                contents.set(name, key, got);
            } catch (FirnException e) {
                failed(e);
                unreadable.computeIfAbsent(name, _ -> new TreeSet<>()).add(key);
                contents.set(name, key, scanned);
            }
        }
    }

    /// Scans until the end or a failure; true when there was none. Without a map, what is found is
    /// nobody's business.
    private boolean scan(Keyspace keyspace, boolean forward, @Nullable Map<String, String> found) {
        String last = null;
        try (Cursor cursor = keyspace.scan(KeyRange.all())) {
            for (int n = 0; forward ? cursor.next() : cursor.previous(); n++) {
                String key = Contents.text(cursor.key());
                String value = Contents.text(cursor.value());
                if (n > ENTRIES_MAX) {
                    throw new Violation(Kind.HANG, "a scan does not end");
                }
                if (found == null) {
                    continue;
                }
                if (last != null && (last.compareTo(key) < 0) != forward) {
                    throw new Violation(Kind.WRONG_VALUE, "out of order: " + key + " after "
                            + last);
                }
                last = key;
                found.put(key, value);
            }
            return true;
        } catch (FirnException e) {
            failed(e);
            return false;
        }
    }

    private void failed(FirnException e) {
        if (e.kind() != FirnException.Kind.CORRUPT) {
            throw new Violation(Kind.UNEXPECTED_ERROR, "a read failed with " + e.kind() + ": "
                    + e.getMessage(), e);
        }
        failures.add(e);
    }
}
