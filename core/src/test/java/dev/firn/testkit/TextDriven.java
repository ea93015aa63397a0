package dev.firn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.FirnException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// Tests written as text: scripts of commands and the output that each is expected to give.
///
/// The scripts of a test class lie in `src/test/resources/<its package>/*.txt`. One is a list of
/// blocks with blank lines between them:
///
/// ```
/// # a comment stands alone or above a block
/// command word key=value "two words"
/// optional lines of input
/// ----
/// expected output
/// ```
///
/// Output that has a blank line or a `----` of its own is put between pairs of separators: `----`
/// twice before it, `----` twice behind it. A command without output has nothing behind its `----`.
///
/// ```java
/// @TestFactory
/// Stream<DynamicTest> versions() {
///   return TextDriven.scripts(getClass(), "version-*.txt", VersionScript::new);
/// }
/// ```
///
/// Every script gets a handler of its own, so commands of one share state and scripts do not. What
/// a handler refuses with [IOException], [IllegalArgumentException], [IllegalStateException] or
/// [FirnException] is output (`CorruptException: …`); any other exception fails the test. The
/// property `-Dfirn.rewrite=true` writes what came out into the script instead of comparing: review
/// the diff.
public final class TextDriven {
    private static final String SEPARATOR = "----";

    /// What runs the commands of one script.
    @FunctionalInterface
    public interface Handler {
        /// Runs a command and returns its output: lines, of which the last may or may not end in a
        /// newline.
        String run(Command command) throws Exception;
    }

    private TextDriven() {}

    /// A test for each script of the class's package whose name matches (`*` and `?` are wild); one
    /// at least there must be.
    public static Stream<DynamicTest> scripts(
            Class<?> owner, String pattern, Supplier<? extends Handler> handlers) {
        var scripts = new ArrayList<Path>();
        try (var found = Files.newDirectoryStream(directory(owner), pattern)) {
            found.forEach(scripts::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(scripts).as("scripts " + pattern + " of " + owner.getPackageName()).isNotEmpty();
        return scripts.stream()
                .sorted()
                .map(
                        script -> DynamicTest.dynamicTest(
                                script.getFileName().toString(),
                                () -> run(script, handlers.get(), isRewriting())));
    }

    /// Runs one script of the class's package.
    public static void run(Class<?> owner, String script, Handler handler) throws Exception {
        run(directory(owner).resolve(script), handler, isRewriting());
    }

    static void run(Path script, Handler handler, boolean rewriting) throws Exception {
        String expected = Files.readString(script);
        String actual = rewrite(script.getFileName().toString(), expected, handler);
        if (rewriting) {
            Files.writeString(script, actual);
        } else {
            assertThat(actual)
                    .as("%s (-Dfirn.rewrite=true takes the new output over)", script.getFileName())
                    .isEqualTo(expected);
        }
    }

    /// The script as it looks with the output that the commands give now.
    static String rewrite(String name, String script, Handler handler) throws Exception {
        List<String> lines = script.lines().toList();
        var out = new StringBuilder();
        int at = 0;
        while (at < lines.size()) {
            String line = lines.get(at);
            if (line.isBlank() || line.startsWith("#")) {
                out.append(line).append('\n');
                at++;
                continue;
            }
            String place = name + ":" + (at + 1);
            int separator = at;
            while (separator < lines.size() && !lines.get(separator).equals(SEPARATOR)) {
                if (lines.get(separator).isBlank()) {
                    break;
                }
                separator++;
            }
            if (separator == lines.size() || separator == at || lines.get(separator).isBlank()) {
                throw new AssertionError(place + ": a command line, input, then " + SEPARATOR);
            }
            for (String copied : lines.subList(at, separator)) {
                out.append(copied).append('\n');
            }
            appendOutput(out,
                    run(new Command(place, line, lines.subList(at + 1, separator)), handler));
            at = endOfOutput(lines, separator + 1, place);
        }
        return out.toString();
    }

    private static String run(Command command, Handler handler) {
        String output;
        try {
            output = handler.run(command);
        } catch (IOException
                | IllegalArgumentException
                | IllegalStateException
                | FirnException refusal) {
            output = refusal.getClass().getSimpleName() + ": " + refusal.getMessage();
        } catch (Exception e) {
            throw new AssertionError(command.place() + ": " + e, e);
        }
        command.checkAllRead();
        return output;
    }

    private static void appendOutput(StringBuilder out, String output) {
        List<String> lines = output.lines().map(String::stripTrailing).toList();
        boolean fenced = lines.stream().anyMatch(line -> line.isEmpty() || line.equals(SEPARATOR));
        String fence = fenced ? SEPARATOR + "\n" + SEPARATOR + "\n" : "";
        out.append(fenced ? fence : SEPARATOR + "\n");
        lines.forEach(line -> out.append(line).append('\n'));
        out.append(fence);
    }

    private static int endOfOutput(List<String> lines, int at, String place) {
        if (at == lines.size() || !lines.get(at).equals(SEPARATOR)) {
            while (at < lines.size() && !lines.get(at).isBlank()) {
                at++;
            }
            return at;
        }
        for (int i = at + 1; i + 1 < lines.size(); i++) {
            if (lines.get(i).equals(SEPARATOR) && lines.get(i + 1).equals(SEPARATOR)) {
                return i + 2;
            }
        }
        throw new AssertionError(
                place + ": the output's closing pair of " + SEPARATOR + " is missing");
    }

    private static boolean isRewriting() {
        return Boolean.getBoolean("firn.rewrite");
    }

    /// Where the scripts lie in the source tree: below the directory of the module the test runs
    /// in, or below that of `core`.
    private static Path directory(Class<?> owner) {
        String inside = "src/test/resources/" + owner.getPackageName().replace('.', '/');
        Path here = Path.of("").toAbsolutePath().resolve(inside);
        return Files.isDirectory(here) ? here : Path.of("core").toAbsolutePath().resolve(inside);
    }
}
