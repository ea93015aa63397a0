package dev.firn.prove;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class RoundsTest {
    private interface Body {
        void round(long seed, Tally tally) throws Exception;
    }

    private static Share share(String name, double weight, Body body) {
        return new Share(new Attack() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void round(long seed, Tally tally) throws Exception {
                body.round(seed, tally);
            }
        }, weight, "does something");
    }

    private static Rounds worked(boolean single, Duration time, Share... shares) {
        Rounds rounds = new Rounds(List.of(shares), 7, single, time,
                new PrintStream(OutputStream.nullOutputStream()));
        rounds.work();
        return rounds;
    }

    private static Report report(Rounds rounds) {
        return new Report(rounds, 7, "abc", Instant.EPOCH, Instant.EPOCH.plusSeconds(3_600));
    }

    @Test
    void whatRoundsCountIsInTheReport() {
        Rounds rounds =
                worked(true, Duration.ofDays(1),
                        share("power", 1, (_, tally) -> tally.add(Count.STATES, 1_234)),
                        share("bugs", 0, (_, tally) -> {
                            tally.add(Count.BUGS_PLANTED, 3);
                            tally.add(Count.BUGS_CAUGHT, 3);
                        }));
        Report report = report(rounds);
        assertThat(report.isClean()).isTrue();
        assertThat(report.markdown())
                .contains("| states | 1,234 |", "| **acknowledged records lost** | 0 |",
                        "| **planted bugs caught** | 3 of 3 |", "took | 1h",
                        "| power | 0 | rounds 1, states 1,234 |", "No promise was broken.");
    }

    @Test
    void aViolationIsCountedAndTheOthersGoOn() {
        AtomicLong others = new AtomicLong();
        Rounds rounds =
                worked(true, Duration.ofDays(1),
                        share("bad", 1, (_, _) -> {
                            throw new Violation(Violation.Kind.LOST, "key 3 | of 9\nmore");
                        }),
                        share("broken", 1, (_, _) -> {
                            throw new IllegalStateException("oops");
                        }), share("good", 1, (_, _) -> others.incrementAndGet()));
        Report report = report(rounds);
        assertThat(others).hasValue(1);
        assertThat(report.isClean()).isFalse();
        assertThat(report.markdown())
                .contains("| **acknowledged records lost** | 1 |", "| **other violations** | 1 |",
                        "`./firn-prove --only 'bad' --round --seed 7` | lost: key 3 \\| of 9 |",
                        "| IllegalStateException | broken |")
                .doesNotContain("No promise");
    }

    @Test
    void aViolationIsToldInASentenceWithWhatRepeatsIt() {
        var out = new ByteArrayOutputStream();
        Rounds rounds = new Rounds(List.of(share("bad", 1, (_, _) -> {
            throw new Violation(Violation.Kind.LOST, "key 3");
        }), share("broken", 1, (_, _) -> {
            throw new IllegalStateException("oops");
        })), 7, true, Duration.ofDays(1), new PrintStream(out, true, UTF_8));
        rounds.work();
        assertThat(out.toString(UTF_8)).contains(
                "VIOLATION in the attack 'bad', seed 7: lost: key 3\n"
                        + "  repeat it with ./firn-prove --only 'bad' --round --seed 7\n",
                "VIOLATION in the attack 'broken', seed 7: IllegalStateException: oops\n");
    }

    @Test
    void anAttackThatNeverHoldsIsGivenUpAfterTenRounds() {
        AtomicLong seeds = new AtomicLong();
        Rounds rounds =
                worked(false, Duration.ofDays(1), share("bad", 1, (seed, _) -> {
                    seeds.accumulateAndGet(seed, Long::max);
                    throw new Violation(Violation.Kind.LEAK, "a file");
                }));
        assertThat(rounds.findings()).hasSize(10);
        assertThat(seeds).hasValue(16);
    }

    @Test
    void aBugThatIsNotCaughtIsNoCleanReport() {
        Rounds rounds =
                worked(true, Duration.ofDays(1),
                        share("bugs", 0, (_, tally) -> tally.add(Count.BUGS_PLANTED, 1)));
        assertThat(report(rounds).isClean()).isFalse();
    }

    @Test
    void whatCannotRunSaysWhy() {
        Rounds rounds =
                worked(false, Duration.ofDays(1), share("disk", 1, (_, _) -> {
                    throw new TestAbortedException("no loop devices");
                }));
        Report report = report(rounds);
        assertThat(report.isClean()).isTrue();
        assertThat(report.markdown()).contains("**not run**: no loop devices");
    }

    @Test
    void whatCouldRunBeforeAndNoLongerCanIsAFinding() {
        Rounds rounds =
                worked(false, Duration.ofDays(1), share("disk", 1, (seed, _) -> {
                    if (seed > 8) {
                        throw new TestAbortedException("the device is gone");
                    }
                }));
        assertThat(rounds.findings()).hasSize(10);
        assertThat(report(rounds).isClean()).isFalse();
    }

    @Test
    void everyAttackHasItsOwnSeeds() {
        StringBuilder seeds = new StringBuilder();
        worked(false, Duration.ofDays(1), share("a", 1, (seed, _) -> {
            seeds.append("a").append(seed).append(' ');
            throw new IllegalStateException();
        }), share("b", 1, (seed, _) -> {
            seeds.append("b").append(seed).append(' ');
            throw new IllegalStateException();
        }));
        assertThat(seeds.toString().split(" ")).hasSize(20).contains("a7", "a16", "b7", "b16");
    }

    @Test
    void withoutTimeOnlyWhatRunsOnceRuns() {
        AtomicLong once = new AtomicLong();
        Rounds rounds =
                worked(false, Duration.ZERO, share("once", 0, (_, _) -> once.incrementAndGet()),
                        share("often", 1, (_, _) -> {
                            throw new IllegalStateException("no time");
                        }));
        assertThat(once).hasValue(1);
        assertThat(rounds.findings()).isEmpty();
    }
}
