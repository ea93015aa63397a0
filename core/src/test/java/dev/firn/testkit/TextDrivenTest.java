package dev.firn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.storage.CorruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The kit itself: a script in the source tree, and the scripts that must fail.
class TextDrivenTest {
    @TestFactory
    Stream<DynamicTest> scripts() {
        return TextDriven.scripts(getClass(), "kit*.txt", () -> TextDrivenTest::run);
    }

    private static String run(Command command) throws Exception {
        return switch (command.name()) {
            case "echo" -> String.join("|", command.words());
            case "input" -> String.join("\n", command.input());
            case "sum" -> Long.toString(command.number("a") + command.number("b", 1));
            case "blank" -> "above\n\nbelow\n";
            case "separator" -> "above\n----\nbelow";
            case "nothing" -> "";
            case "corrupt" -> throw new CorruptException("000007.sst", 42, "not what was written");
            case "bug" -> throw new NullPointerException("oops");
            default -> throw command.unknown();
        };
    }

    @Test
    void newOutputReplacesOldAndTheRestStays() throws Exception {
        String script =
                """
                        # heading

                        echo a b
                        ----
                        stale
                        lines

                        blank
                        ----
                        # the last
                        sum a=1K b=2
                        ----
                        """;
        assertThat(TextDriven.rewrite("x.txt", script.replace("----\n#", "----\n\n#"),
                TextDrivenTest::run))
                .isEqualTo(
                        """
                                # heading

                                echo a b
                                ----
                                a|b

                                blank
                                ----
                                ----
                                above

                                below
                                ----
                                ----

                                # the last
                                sum a=1K b=2
                                ----
                                1026
                                """);
    }

    @Test
    void mistakesOfAScriptAreFailuresWithItsLine() {
        assertFails("echo a\n", "x.txt:1: a command line, input, then ----");
        assertFails("\n----\nhello\n", "x.txt:2: a command line, input, then ----");
        assertFails("input\na\n\nb\n----\n", "x.txt:1: a command line, input, then ----");
        assertFails("# x\nsing\n----\n", "x.txt:2: there is no command sing");
        assertFails("nothing much\n----\n", "x.txt:1: nothing takes no [much]");
        assertFails("sum a=1 c=2\n----\n", "x.txt:1: sum takes no [c=2]");
        assertFails("sum b=1\n----\n", "x.txt:1: sum needs a=");
        assertFails("sum a=x\n----\n", "x.txt:1: a=x is no number");
        assertFails("sum a=1 a=2\n----\n", "x.txt:1: a=2 is given twice");
        assertFails("echo \"a\n----\n", "x.txt:1: a quote is not closed");
        assertFails("blank\n----\n----\nabove\n----\n", "x.txt:1: the output's closing pair");
        assertFails("bug\n----\n", "x.txt:1: java.lang.NullPointerException: oops");
    }

    @Test
    void aDifferenceFailsOrIsTakenOver(@TempDir Path directory) throws Exception {
        Path script = Files.writeString(directory.resolve("x.txt"), "echo a\n----\nb\n");
        assertThatThrownBy(() -> TextDriven.run(script, TextDrivenTest::run, false))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("firn.rewrite");
        TextDriven.run(script, TextDrivenTest::run, true);
        assertThat(script).hasContent("echo a\n----\na\n");
        TextDriven.run(script, TextDrivenTest::run, false);
    }

    private static void assertFails(String script, String message) {
        assertThatThrownBy(() -> TextDriven.rewrite("x.txt", script, TextDrivenTest::run))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(message);
    }
}
