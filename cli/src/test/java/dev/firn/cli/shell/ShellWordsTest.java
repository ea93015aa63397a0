package dev.firn.cli.shell;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShellWordsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            p 10 7                | p,10,7
            ~  g   10  ~          | g,10
            put "a b" "say \\"x\\"" | put,a b,say "x"
            put "" x              | put,,x
            put a"b c"d \\x41\\\\  | put,ab cd,A\\
            l "/tmp/a file"       | l,/tmp/a file
            put #k v              | put,#k,v
            g ü                   | g,ü
            """)
    void aLineIsSplit(String line, String words) throws Exception {
        assertThat(ShellWords.split(line.getBytes(UTF_8))).map(word -> new String(word, UTF_8))
                .containsExactly(words.split(","));
    }

    @Test
    void aBlankLineAndACommentHaveNoWords() throws Exception {
        assertThat(ShellWords.split(new byte[0])).isEmpty();
        assertThat(ShellWords.split(" \t ".getBytes(UTF_8))).isEmpty();
        assertThat(ShellWords.split("  # p 1 2".getBytes(UTF_8))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            put "a b     | never closed
            put a\\q b   | begins no escape
            put a\\      | begins no escape
            put \\x4     | hexadecimal
            """)
    void whatCannotBeSplitIsRefused(String line, String message) {
        assertThatThrownBy(() -> ShellWords.split(line.getBytes(UTF_8)))
                .hasMessageContaining(message);
    }

    @Test
    void anyBytesAreSplitOrRefused() {
        for (long seed = 0; seed < 5_000; seed++) {
            var line = new byte[20];
            new Random(seed).nextBytes(line);
            try {
                assertThat(ShellWords.split(line)).isNotNull();
            } catch (ShellException e) {
                assertThat(e).hasMessageMatching("(?s).+");
            }
        }
    }

    @Test
    void aCommandIsFoundByNameOrLetterWithItsArguments() throws Exception {
        assertThat(ShellCommand.of("p", 2)).isEqualTo(ShellCommand.PUT);
        assertThat(ShellCommand.of("range", 2)).isEqualTo(ShellCommand.RANGE);
        assertThat(ShellCommand.of("exit", 0)).isEqualTo(ShellCommand.QUIT);
        assertThatThrownBy(() -> ShellCommand.of("p", 1)).hasMessage("expected: p KEY VALUE");
        assertThatThrownBy(() -> ShellCommand.of(new String("ü".getBytes(UTF_8), ISO_8859_1), 1))
                .hasMessageContaining("no command");
    }
}
