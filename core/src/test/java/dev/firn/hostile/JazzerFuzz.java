package dev.firn.hostile;

import dev.firn.prove.Attack;
import dev.firn.prove.Count;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.opentest4j.TestAbortedException;

/// Lets Jazzer, which is led by coverage, run one [FuzzTarget] or all for some seconds, in a
/// process of its own, since it rewrites bytecode and needs native code. Rounds go through all at
/// once, then each by itself. What it finds is to be put into the
/// [Corpus].
public final class JazzerFuzz implements Attack {
    /// How long, unless `-Dfirn.fuzz.seconds` says otherwise.
    private static final int SECONDS = 15;

    private static final Pattern RUNS = Pattern.compile("Done ([0-9]+) runs in ");
    private static final Pattern LAST = Pattern.compile("(?m)^#([0-9]+)\\s");

    /// It is not there, or its native part does not fit this machine.
    private static final Pattern CANNOT_START = Pattern.compile("UnsatisfiedLinkError"
            + "|Could not find or load main class com[.]code_intelligence|GLIBC|GLIBCXX");

    /// Rewriting classes takes its time on a machine that does other things.
    private static final long SLOW_START = 400;
    private static final int TAIL = 4_000;

    @Override
    public String name() {
        return "fuzz with jazzer";
    }

    @Override
    public void round(long seed, Tally tally) throws Exception {
        Path scratch = Files.createTempDirectory("firn-jazzer");
        try (var targets = new FuzzTargets()) {
            List<FuzzTarget> all = targets.all();
            int which = (int) Math.floorMod(seed - 1, all.size() + 1L);
            Path corpus = Files.createDirectory(scratch.resolve("corpus"));
            if (which == 0) {
                for (int i = 0; i < all.size(); i++) {
                    Corpus.write(all.get(i), corpus, i);
                }
            } else {
                Corpus.write(all.get(which - 1), corpus, -1);
            }
            String target = which == 0 ? JazzerEntry.ALL : all.get(which - 1).name();
            tally.add(Count.FUZZ_EXECUTIONS, run(target, seed, scratch));
        } finally {
            try (var files = Files.walk(scratch)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static long run(String target, long seed, Path scratch)
            throws IOException, InterruptedException {
        int seconds = Integer.getInteger("firn.fuzz.seconds", SECONDS);
        Path output = scratch.resolve("output.txt");
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx512m", "-XX:+UseSerialGC", "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                "-D" + JazzerEntry.TARGET + "=" + target, "-cp",
                System.getProperty("java.class.path"), "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + JazzerEntry.class.getName(),
                "--instrumentation_includes=dev.firn.**", "--reproducer_path=" + scratch,
                "-artifact_prefix=" + scratch + "/", "-max_total_time=" + seconds,
                "-max_len=16384", "-timeout=20", "-seed=" + (int) Math.max(1, seed & 0xffffff),
                scratch.resolve("corpus").toString())
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        boolean ended = process.waitFor(seconds + SLOW_START, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        String text = Files.readString(output, java.nio.charset.StandardCharsets.ISO_8859_1);
        String tail = text.substring(Math.max(0, text.length() - TAIL));
        if (!ended) {
            throw new Violation(Kind.HANG, target + ", inputs kept: " + keep(target, scratch)
                    + "\n" + tail);
        }
        Matcher runs = RUNS.matcher(text);
        if (process.exitValue() == 0 && runs.find()) {
            return Long.parseLong(runs.group(1));
        }
        List<Path> kept = keep(target, scratch);
        if (!kept.isEmpty() || LAST.matcher(text).find() || !CANNOT_START.matcher(text).find()) {
            throw new Violation(Kind.UNEXPECTED_ERROR, target + ", exit " + process.exitValue()
                    + ", inputs kept: " + kept + "\n" + tail);
        }
        throw new TestAbortedException("Jazzer does not start here: " + tail);
    }

    /// Copies the inputs that did harm to where they outlive this round.
    private static List<Path> keep(String target, Path scratch) throws IOException {
        Path findings = Files.createDirectories(Path.of("target", "fuzz-findings"));
        List<Path> kept = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(scratch, "{crash,timeout,oom}-*")) {
            for (Path file : files) {
                Path to = findings.resolve(target.replace(' ', '-') + "-" + file.getFileName());
                kept.add(Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING));
            }
        }
        return kept;
    }
}
