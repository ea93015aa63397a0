package dev.firn.cli;

import dev.firn.Keyspace;
import dev.firn.cli.draw.Figures;
import dev.firn.cli.text.Escapes;
import dev.firn.cli.text.MalformedEntryException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Option;

/// Keys and values on the command line: taken literally, as UTF-8, or with escapes if asked.
final class Literals {
    @Option(
            names = {"-e", "--escaped"},
            description = "KEY, VALUE and bounds are escaped: \\t \\n \\r \\\\ and \\xHH"
                    + " for any byte.")
    private boolean escaped;

    byte[] key(String text) {
        return checked("key", bytes(text), Keyspace.KEY_BYTES_MAX);
    }

    byte[] value(String text) {
        return checked("value", bytes(text), Keyspace.VALUE_BYTES_MAX);
    }

    private byte[] bytes(String text) {
        // What the JVM makes of arguments it cannot decode: rather refused than stored.
        if (text.indexOf('\ufffd') >= 0) {
            throw CommandFailure.usage(
                    "an argument holds bytes that are not UTF-8; write them as \\xHH and"
                            + " add --escaped");
        }
        if (!escaped) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Escapes.unescape(text);
        } catch (MalformedEntryException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
    }

    private static byte[] checked(String what, byte[] bytes, int bytesMax) {
        if (bytes.length > bytesMax) {
            throw CommandFailure.usage(
                    "the " + what + " has " + Figures.count(bytes.length) + " bytes, of at most "
                            + Figures.count(bytesMax));
        }
        return bytes;
    }
}
