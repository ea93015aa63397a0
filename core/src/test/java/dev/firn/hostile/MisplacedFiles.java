package dev.firn.hostile;

import dev.firn.FirnException;
import dev.firn.VerifyReport;
import dev.firn.engine.Store;
import dev.firn.hostile.Misplacement.Case;
import dev.firn.hostile.Misplacement.Cases;
import dev.firn.hostile.Misplacement.Outcome;
import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Every [Misplacement] of a small store: blocks and files in the wrong place, of another store, of
/// another time, missing, or too many.
public final class MisplacedFiles implements Attack {
    final Map<Misplacement, Integer> cases = new EnumMap<>(Misplacement.class);

    @Override
    public String name() {
        return "misplaced files";
    }

    @Override
    public void round(long seed, Tally tally) throws Exception {
        try (Opener opener = new Opener()) {
            var end = SmallStore.End.values()[Math.floorMod(seed, 3)];
            var store = new SmallStore(opener, seed, end, seed);
            var twin = new SmallStore(opener, seed, end, ~seed);
            for (Misplacement kind : Misplacement.values()) {
                var list = new Cases();
                kind.list(store, twin, list);
                for (Case one : list.all) {
                    run(opener, store, kind, one);
                    tally.add(Count.DAMAGES, 1);
                    cases.merge(kind, 1, Integer::sum);
                }
            }
        }
    }

    private static void run(Opener opener, SmallStore store, Misplacement kind, Case one) {
        MemoryDirectory files = store.files.fork();
        one.change().accept(files);
        String what = kind + ", " + one.file();
        try {
            Seen seen = Seen.of(opener, files.fork(), true, store.keys);
            judge(store, kind.outcome, one, seen);
            MemoryDirectory written = files.fork();
            judge(store, kind.outcome, one, Seen.of(opener, written, false, store.keys));
            if (kind == Misplacement.STRANGERS && !written.names().contains(one.file())) {
                throw new Violation(Kind.LOST, "a stranger's file was deleted");
            }
            verify(opener, kind.outcome, one, files.fork(), seen);
            if (kind.outcome == Outcome.WHOLE) {
                goOn(opener, store, files.fork());
            }
        } catch (Violation v) {
            throw new Violation(v.kind(), what + ": " + v.getMessage(), v);
        } catch (RuntimeException | Error e) {
            throw new Violation(Kind.UNEXPECTED_ERROR, what + ": " + e, e);
        }
    }

    private static void judge(SmallStore store, Outcome outcome, Case one, Seen seen) {
        FirnException refusal = seen.refusal;
        if (refusal != null) {
            String message = String.valueOf(refusal.getMessage());
            boolean isAllowed = outcome == Outcome.REFUSED || outcome == Outcome.REFUSED_OR_WHOLE;
            // A manifest that lost its last edits is noticed by what is missing of them.
            boolean isNamed = isNamed(one, message) || outcome == Outcome.REFUSED_OR_WHOLE
                    && (message.contains("0000") || message.contains("CURRENT"));
            boolean isKnown = refusal.kind() == FirnException.Kind.CORRUPT
                    || refusal.kind() == FirnException.Kind.INCOMPATIBLE;
            if (!isAllowed || !isNamed || !isKnown) {
                throw new Violation(Kind.UNEXPECTED_ERROR, refusal.kind() + ": " + message,
                        refusal);
            }
            return;
        }
        boolean isRight = switch (outcome) {
            case REFUSED -> false;
            case WHOLE, REFUSED_OR_WHOLE -> seen.contents.equals(store.last());
            case PREFIX -> store.states.stream().anyMatch(seen.contents::equals);
            case READS_FAIL -> isRightAsFarAsRead(store, one, seen);
        };
        if (!isRight) {
            throw new Violation(outcome == Outcome.REFUSED ? Kind.UNNOTICED : Kind.WRONG_VALUE,
                    "there is " + seen.contents + "\ninstead of " + store.last());
        }
        for (FirnException failure : seen.failures) {
            String message = String.valueOf(failure.getMessage());
            if (outcome != Outcome.READS_FAIL || !isNamed(one, message)
                    || !message.contains("at offset")) {
                throw new Violation(Kind.UNEXPECTED_ERROR, message, failure);
            }
        }
    }

    /// What does no harm at first does none later either, when numbers are given to new files.
    private static void goOn(Opener opener, SmallStore store, MemoryDirectory files) {
        Contents expected = store.last().copy();
        for (String key : List.of("~1", "~2", "~3")) {
            opener.begin();
            try (Store opened = opener.open(files, false)) {
                opened.put(Contents.bytes(key), Contents.bytes("later"));
                opened.flush();
                opened.put(Contents.bytes(key), Contents.bytes("last"));
            }
            opener.requireNothingLeft(files);
            expected.set("default", key, "last");
            Seen seen = Seen.of(opener, files, true, store.keys);
            if (seen.refusal != null || !seen.contents.equals(expected)) {
                throw new Violation(Kind.LOST, "after more writes there is " + seen.contents
                        + "\ninstead of " + expected, seen.refusal);
            }
        }
    }

    private static boolean isNamed(Case one, String message) {
        return message.contains(one.file()) || message.contains(one.alternative());
    }

    private static boolean isRightAsFarAsRead(SmallStore store, Case one, Seen seen) {
        List<String> spaces = Stream.of(one.file(), one.alternative()).distinct()
                .map(store.keyspaceOf::get).toList();
        for (Map.Entry<String, TreeSet<String>> keys : store.keys.entrySet()) {
            Set<String> unreadable = seen.unreadable.getOrDefault(keys.getKey(), new TreeSet<>());
            for (String key : unreadable) {
                String space = spaces.contains(keys.getKey()) ? keys.getKey() : spaces.getFirst();
                Trial.requireNeeded(one.file(), space, one.blocks(), keys.getKey(), key);
            }
            for (String key : keys.getValue()) {
                if (!unreadable.contains(key)
                        && !Objects.equals(seen.contents.of(keys.getKey()).get(key),
                                store.last().of(keys.getKey()).get(key))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void verify(Opener opener, Outcome outcome, Case one, MemoryDirectory files,
            Seen seen) {
        VerifyReport report;
        try {
            report = opener.verify(files);
        } catch (FirnException e) {
            if (seen.refusal == null || e.kind() != seen.refusal.kind()) {
                throw e;
            }
            return;
        }
        List<String> named = report.damages().stream().map(VerifyReport.Damage::file).toList();
        boolean isRight = switch (outcome) {
            case WHOLE, PREFIX -> named.isEmpty();
            case REFUSED, READS_FAIL ->
                    named.contains(one.file()) || named.contains(one.alternative());
            case REFUSED_OR_WHOLE -> named.isEmpty() == (seen.refusal == null);
        };
        if (!isRight) {
            throw new Violation(Kind.UNNOTICED, "verification finds " + report.damages());
        }
    }
}
