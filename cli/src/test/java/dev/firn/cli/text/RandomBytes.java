package dev.firn.cli.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/// Bytes that are out to break text formats: pieces of what the formats use themselves, of good, broken and
/// almost good UTF-8, and noise.
public final class RandomBytes {
    private static final List<byte[]> PIECES =
            List.of(
                    b("\t"), b("\n"), b("\r"), b("\r\n"), b("\\"), b("\\t"), b("\\x41"), b("\\x"),
                    b("\""), b("\"\""),
                    b(","), b(","), b("{\"key\": "), b("}"), b("#"), b("@"), b(" "), b("-"), b("a"),
                    b("key"), b("ü"),
                    b("€"), b("😀"), b("\u0085"), b("\u009b"), b("\u2028"), b("\ufeff"),
                    b("\ufffd"), b("\u0000"),
                    x("80"), x("c3"), x("c0af"), x("eda080"), x("edbfbf"), x("e08080"),
                    x("f4908080"), x("f09f98"),
                    x("ff"), x("fe"), x("1b5b33316d"), x("7f"), x("f5"), x("f0808080"), x("e0a080"),
                    x("f48fbfbf"));

    private RandomBytes() {}

    public static byte[] of(Random random, int lengthMax) {
        var bytes = new ByteArrayOutputStream();
        int length = random.nextInt(lengthMax + 1);
        while (bytes.size() < length) {
            if (random.nextInt(4) == 0) {
                bytes.write(random.nextInt(256));
            } else {
                bytes.writeBytes(PIECES.get(random.nextInt(PIECES.size())));
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] b(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] x(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
