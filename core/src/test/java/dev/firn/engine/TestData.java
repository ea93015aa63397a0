package dev.firn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.firn.Cursor;
import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.Options;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// Keys, values and checks that the engine's tests share.
final class TestData {
    private TestData() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// A number as eight bytes, whose order is that of the numbers.
    static byte[] number(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    static long number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }

    /// Bytes that do not compress, the same for the same seed.
    static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /// Options with which a store flushes and compacts after little writing.
    static Options small() {
        return Options.defaults().withMemoryBytes(16L << 20).withMemtableBytes(64L << 10);
    }

    static void fails(Kind kind, ThrowingCallable call) {
        fails(kind, kind.toString(), call);
    }

    static void fails(Kind kind, String what, ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).as(what).isInstanceOf(FirnException.class);
        assertThat(((FirnException) thrown).kind()).as(what).isEqualTo(kind);
    }

    /// The keys from where a cursor is to the end.
    static List<String> keys(Cursor cursor) {
        List<String> keys = new ArrayList<>();
        while (cursor.next()) {
            keys.add(text(cursor.key()));
        }
        return keys;
    }

    /// Name, size and a hash of the bytes of every file in a directory.
    static List<String> fingerprint(Path directory) throws IOException {
        List<String> files = new ArrayList<>();
        try (Stream<Path> list = Files.list(directory)) {
            for (Path file : list.sorted().toList()) {
                files.add(
                        file.getFileName() + " " + Files.size(file) + " "
                                + Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    /// The sum of the sizes of the files whose names end so; files may go meanwhile.
    static long size(Path directory, String end) throws IOException {
        long size = 0;
        try (Stream<Path> list = Files.list(directory)) {
            for (Path file : list.toList()) {
                if (file.toString().endsWith(end)) {
                    try {
                        size += Files.size(file);
                    } catch (NoSuchFileException e) {
                        // It has been deleted, which is what some wait for.
                        continue;
                    }
                }
            }
        }
        return size;
    }
}
