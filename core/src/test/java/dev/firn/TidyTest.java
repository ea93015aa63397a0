package dev.firn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// House rules over all source files of all modules. The words they ban are put together from halves here, so that
/// this file passes them too.
class TidyTest {
    private static final int MAIN_LINES_MAX = 800;
    private static final int MAIN_COLUMNS_MAX = 100;

    private static final Pattern COMMENT_OR_LITERAL = Pattern.compile(
            """
                    //[^\\n]*|/\\*.*?\\*/\
                    |\"""(?:[^"\\\\]++|\\\\.|"(?!""))*\"""|"(?:[^"\\\\\\n]++|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)+'\
                    """,
            Pattern.DOTALL);

    private static final Pattern TOP_LEVEL_DECLARATION = Pattern.compile(
            "^(?:(?:public|abstract|final|sealed|non-sealed|strictfp|open) )*"
                    + "(?:class|interface|@interface|enum|record|module|package) ",
            Pattern.MULTILINE);

    private static final Pattern DOCUMENTATION = Pattern.compile("^\\s*(?:///|/\\*\\*)",
            Pattern.MULTILINE);

    /// A source file: its path from the root of the repository, and its text.
    private record Source(String path, String text) {
        boolean isMain() {
            return path.contains("/src/main/");
        }

        boolean isCoreMain() {
            return path.startsWith("core/src/main/");
        }

        /// The text without comments and the content of literals.
        String code() {
            return COMMENT_OR_LITERAL.matcher(text)
                    .replaceAll(match -> match.group().startsWith("/") ? " " : "\"\"");
        }

        /// What stands before the first type; in a package-info.java, before the package.
        String preamble() {
            boolean describesPackage = path.endsWith("/package-info.java");
            return TOP_LEVEL_DECLARATION.matcher(text).results()
                    .filter(match -> describesPackage || !match.group().startsWith("package"))
                    .findFirst().map(match -> text.substring(0, match.start())).orElse(text);
        }
    }

    @Test
    void sourcesAreTidy() throws IOException {
        List<Source> sources = sources();
        assertThat(sources).extracting(Source::path).contains(
                "core/src/main/java/module-info.java", "core/src/test/java/dev/firn/TidyTest.java",
                "cli/src/main/java/dev/firn/cli/package-info.java",
                "bench/src/main/java/dev/firn/bench/package-info.java");
        assertThat(sources.stream().flatMap(source -> violations(source).stream())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            core/src/main/java/A.java  | sun.misc.Un-safe u;            | Unsafe
            cli/src/test/java/A.java   | import sun.misc.Un-safe;       | Unsafe
            core/src/main/java/A.java  | Thread-Local<byte[]> buffer;   | ThreadLocal
            core/src/main/java/A.java  | import java.lang.ref-lect.*;   | reflection
            core/src/test/java/A.java  | @Dis-abled void test() {}      | disabled
            core/src/test/java/A.java  | Thread.sl-eep(1);              | sleep
            cli/src/main/java/A.java   | // TO-DO later                 | unfinished
            cli/src/test/java/A.java   | // FIX-ME later                | unfinished
            bench/src/main/java/A.java | int~a;                         | tab
            """)
    void aBannedWordIsFound(String path, String line, String reason) {
        String text = "/// Doc.\nclass A {}\n" + line.replace("-", "").replace('~', '\t');
        assertThat(violations(new Source(path, text))).singleElement().asString()
                .startsWith(path + ": " + reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            core/src/test/java/A.java  | ThreadLocal<byte[]> buffer;
            core/src/test/java/A.java  | import java.lang.reflect.Method;
            cli/src/main/java/A.java   | import java.lang.reflect.Method;
            core/src/main/java/A.java  | ThreadLocalRandom.current();
            core/src/main/java/A.java  | int a; // no ThreadLocal buffers
            core/src/main/java/A.java  | String s = "no java.lang.reflect";
            bench/src/main/java/A.java | Thread.sleep(1);
            """)
    void aBannedWordIsLegalElsewhere(String path, String line) {
        assertThat(violations(new Source(path, "/// Doc.\nclass A {}\n" + line))).isEmpty();
    }

    @Test
    void aLongFileIsFoundInMainOnly() {
        String longest = "/// Doc.\nclass A {}\n" + "\n".repeat(MAIN_LINES_MAX - 2);
        assertThat(violations(new Source("core/src/main/java/A.java", longest))).isEmpty();
        assertThat(violations(new Source("core/src/main/java/A.java", longest + "\n")))
                .singleElement().asString().contains("801 lines");
        assertThat(violations(new Source("core/src/test/java/A.java", longest + "\n"))).isEmpty();
    }

    @Test
    void aWideLineIsFoundInMainOnly() {
        String widest = "/// Doc.\nclass A {}\n//" + "x".repeat(MAIN_COLUMNS_MAX - 2);
        assertThat(violations(new Source("cli/src/main/java/A.java", widest))).isEmpty();
        assertThat(violations(new Source("cli/src/main/java/A.java", widest + "x")))
                .singleElement().asString().contains("too wide");
        assertThat(violations(new Source("cli/src/test/java/A.java", widest + "x"))).isEmpty();
    }

    @Test
    void aMissingClassCommentIsFound() {
        String main = "core/src/main/java/p/A.java";
        assertThat(violations(new Source(main, "package p;\n\nclass A {\n    /// Doc.\n}")))
                .singleElement().asString().contains("class comment");
        assertThat(violations(new Source(main, "/// Misplaced.\npackage p;\n\nclass A {\n}")))
                .singleElement().asString().contains("class comment");
        assertThat(violations(new Source(main, "package p;\n\n/** Doc. */\n@X\nfinal class A {}")))
                .isEmpty();
        assertThat(violations(new Source("cli/src/main/java/p/package-info.java", "package p;")))
                .singleElement().asString().contains("class comment");
        assertThat(violations(new Source("core/src/test/java/A.java", "class A {}"))).isEmpty();
    }

    private static List<String> violations(Source source) {
        var reasons = new ArrayList<String>();
        String code = source.code();
        long lines = source.text.lines().count();
        if (source.isMain() && lines > MAIN_LINES_MAX) {
            reasons.add("too long: " + lines + " lines, of at most " + MAIN_LINES_MAX);
        }
        if (source.isMain()
                && source.text.lines().anyMatch(line -> line.length() > MAIN_COLUMNS_MAX)) {
            reasons.add("too wide: a line has more than " + MAIN_COLUMNS_MAX + " columns");
        }
        if (code.contains("sun.misc.Un" + "safe")) {
            reasons.add("Unsafe is banned: VarHandle and MemorySegment do it");
        }
        if (source.isMain() && Pattern.compile("\\bThread" + "Local\\b").matcher(code).find()) {
            reasons.add("ThreadLocal is banned: there may be a million virtual threads");
        }
        if (source.isCoreMain() && code.contains("java.lang.ref" + "lect")) {
            reasons.add("reflection is banned in the engine");
        }
        if (Pattern.compile("@(?:org\\.junit\\.jupiter\\.api\\.)?Dis" + "abled").matcher(code)
                .find()) {
            reasons.add("disabled tests are banned: mend or delete");
        }
        if (!source.isMain() && code.contains("Thread.sl" + "eep")) {
            reasons.add("sleep is banned in tests: wait for the event, or use the simulated clock");
        }
        if (source.text.contains("TO" + "DO") || source.text.contains("FIX" + "ME")) {
            reasons.add("unfinished: do it now or write it down elsewhere");
        }
        if (source.text.indexOf('\t') >= 0) {
            reasons.add("tab: indent with spaces");
        }
        if (source.isMain() && !hasClassComment(source)) {
            reasons.add("no class comment: say what it is");
        }
        return reasons.stream().map(reason -> source.path + ": " + reason).toList();
    }

    private static boolean hasClassComment(Source source) {
        String preamble = source.preamble();
        if (!source.path.endsWith("-info.java")) {
            preamble = preamble.substring(preamble.indexOf("package ") + 1);
        }
        return DOCUMENTATION.matcher(preamble).find();
    }

    private static List<Source> sources() throws IOException {
        Path root = root();
        try (Stream<Path> modules = Files.list(root)) {
            return modules.map(module -> module.resolve("src")).filter(Files::isDirectory)
                    .flatMap(TidyTest::javaFilesUnder)
                    .map(file -> new Source(slashed(root.relativize(file)), read(file))).toList();
        }
    }

    private static Stream<Path> javaFilesUnder(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("core/src/main/java/dev/firn"))) {
            directory = directory.getParent();
            assertThat(directory).as("the root of the repository").isNotNull();
        }
        return directory;
    }

    private static String slashed(Path path) {
        return path.toString().replace('\\', '/');
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
