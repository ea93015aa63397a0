package dev.firn.cli.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EscapesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", quoteCharacter = '~', textBlock = """
            -                    | -
            61                   | a
            09                   | \\t
            0a0d                 | \\n\\r
            5c6e                 | \\\\n
            00011f7f             | \\x00\\x01\\x1f\\x7f
            c3bc                 | ü
            e282ac f09f9880      | €😀
            80                   | \\x80
            c3                   | \\xc3
            c0af                 | \\xc0\\xaf
            eda080               | \\xed\\xa0\\x80
            f4908080             | \\xf4\\x90\\x80\\x80
            c29b                 | \\xc2\\x9b
            c2a0                 | \u00a0
            efbbbf61             | \\xef\\xbb\\xbfa
            61ff62               | a\\xffb
            """)
    void bytesAndTheirText(String hex, String text) throws Exception {
        byte[] bytes = HexFormat.of().parseHex(hex == null ? "" : hex.replace(" ", ""));
        String expected = text == null ? "" : text;
        assertThat(Escapes.escape(bytes)).isEqualTo(expected);
        assertThat(Escapes.unescape(expected)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            \\q     | \\q is no escape
            a\\     | a lone backslash
            \\x     | two hexadecimal digits
            \\x4    | two hexadecimal digits
            \\xg0   | two hexadecimal digits
            \\0     | \\0 is no escape
            """)
    void whatIsNoEscapeIsRefused(String text, String message) {
        assertThatThrownBy(() -> Escapes.unescape(text)).hasMessageContaining(message)
                .hasMessageContaining("\\");
    }

    @Test
    void anyBytesBecomeTextWithoutControlsAndComeBack() throws Exception {
        for (long seed = 0; seed < 2_000; seed++) {
            byte[] bytes = RandomBytes.of(new Random(seed), 60);
            String text = Escapes.escape(bytes);
            assertThat(text.codePoints().noneMatch(Character::isISOControl)).as("seed %d", seed)
                    .isTrue();
            assertThat(Escapes.unescape(text)).as("seed %d", seed).isEqualTo(bytes);
        }
    }

    @Test
    void utf8IsWhatTheDecoderOfTheJdkAccepts() {
        for (long seed = 0; seed < 20_000; seed++) {
            byte[] bytes = RandomBytes.of(new Random(seed), 6);
            assertThat(Utf8.isValid(bytes)).as("seed %d: %s", seed, HexFormat.of().formatHex(bytes))
                    .isEqualTo(isDecoded(bytes));
        }
    }

    private static boolean isDecoded(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
