package dev.firn.prove;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.stream.Collectors;

/// What a campaign did and found, as Markdown.
///
/// @param commit what was attacked
record Report(Rounds rounds, long seed, String commit, Instant started, Instant ended) {
    /// Whether every promise held and every planted bug was caught.
    boolean isClean() {
        Tally total = rounds.total();
        return rounds.findings().isEmpty()
                && total.of(Count.BUGS_CAUGHT) == total.of(Count.BUGS_PLANTED);
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("# A campaign against Firn\n\n");
        text.append("Made by `./firn-prove`; how each attack works is told in [testing](testing.md)"
                + ".\n\n");
        row(text, "what", "");
        row(text, "---", "---");
        row(text, "commit", commit);
        row(text, "started", started.truncatedTo(ChronoUnit.SECONDS));
        row(text, "took", Duration.between(started, ended).truncatedTo(ChronoUnit.SECONDS)
                .toString().substring(2).toLowerCase(Locale.ROOT));
        row(text, "first seed", seed);
        row(text, "JVM", System.getProperty("java.vm.name") + " "
                + System.getProperty("java.vm.version"));
        row(text, "system", System.getProperty("os.name") + " " + System.getProperty("os.version")
                + ", " + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors");
        text.append('\n');
        totals(text);
        attacks(text);
        found(text);
        return text.toString();
    }

    private void totals(StringBuilder text) {
        Tally total = rounds.total();
        row(text, "in all", "");
        row(text, "---", "---:");
        for (Count count : Count.values()) {
            if (count != Count.BUGS_PLANTED && count != Count.BUGS_CAUGHT) {
                row(text, count.label(), number(total.of(count)));
            }
        }
        row(text, "**acknowledged records lost**", number(findings(Violation.Kind.LOST)));
        row(text, "**prefix violations**", number(findings(Violation.Kind.NOT_A_PREFIX)));
        row(text, "**wrong values**", number(findings(Violation.Kind.WRONG_VALUE)));
        row(text, "**other violations**", number(rounds.findings().size()
                - findings(Violation.Kind.LOST) - findings(Violation.Kind.NOT_A_PREFIX)
                - findings(Violation.Kind.WRONG_VALUE)));
        row(text, "**planted bugs caught**", number(total.of(Count.BUGS_CAUGHT)) + " of "
                + number(total.of(Count.BUGS_PLANTED)));
        row(text, "attacks that this machine could not run", number(rounds.progress().stream()
                .filter(one -> one.notRun != null).count()));
        text.append('\n');
    }

    private long findings(Violation.Kind kind) {
        return rounds.findings().stream()
                .filter(finding -> finding.kind().equals(kind.label())).count();
    }

    private void attacks(StringBuilder text) {
        row(text, "attack", "seconds", "did");
        row(text, "---", "---:", "---");
        for (Rounds.Progress one : rounds.progress()) {
            String did =
                    one.tally.all().entrySet().stream()
                            .map(entry -> entry.getKey().label() + " " + number(entry.getValue()))
                            .collect(Collectors.joining(", "));
            if (one.notRun != null) {
                did = "**not run**: " + one.notRun + (did.isEmpty() ? "" : "; " + did);
            }
            row(text, one.share.attack().name(), number(one.nanos / 1_000_000_000), did);
        }
        text.append('\n');
    }

    private void found(StringBuilder text) {
        if (rounds.findings().isEmpty()) {
            text.append("No promise was broken.\n");
            return;
        }
        row(text, "violation", "attack", "repeat with", "what was seen");
        row(text, "---", "---", "---", "---");
        for (Rounds.Finding finding : rounds.findings()) {
            row(text, finding.kind(), finding.attack(), "`" + finding.repeat() + "`",
                    finding.message().lines().findFirst().orElse("").replace("|", "\\|"));
        }
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static void row(StringBuilder text, Object... cells) {
        text.append('|');
        for (Object cell : cells) {
            text.append(' ').append(cell).append(" |");
        }
        text.append('\n');
    }
}
