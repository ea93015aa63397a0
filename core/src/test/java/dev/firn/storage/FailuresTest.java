package dev.firn.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.FirnException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void eachSaysWhatHappenedToWhichFile() {
        told(new NoSuchFileException("/d/a"), "/d/a: no such file or directory");
        told(new AccessDeniedException("/d/a"), "/d/a: permission denied");
        told(new FileAlreadyExistsException("/d/a"), "/d/a: exists already");
        told(new NotDirectoryException("/d/a"), "/d/a: is not a directory");
        told(system("Read-only file system"), "/d/a: the file system is read-only");
        told(system("Too many open files"),
                "/d/a: too many open files; raise the limit of the process (ulimit -n)");
        told(system("Not a directory"), "/d/a: a part of this path is not a directory");
        told(system("Is a directory"), "/d/a: is a directory");
        told(system("Eingabe-/Ausgabefehler"), "/d/a: Eingabe-/Ausgabefehler");
        told(new IOException("a: Input/output error"), "a: Input/output error");
        told(new EOFException("a ends before offset 7"), "a ends before offset 7");
        told(new IOException(), "an input or output error");
        told(new FirnException(FirnException.Kind.IO, "what it was"), "what it was");
    }

    @Test
    void anErrorInTheProgramKeepsItsName() {
        told(new IllegalStateException("odd"), "IllegalStateException: odd");
        told(new AssertionError(), "AssertionError");
    }

    @Test
    void aReadOnlyFileSystemIsKnown() {
        assertThat(Failures.isReadOnly(system("Read-only file system"))).isTrue();
        assertThat(Failures.isReadOnly(system("Is a directory"))).isFalse();
        assertThat(Failures.isReadOnly(new IOException("Read-only"))).isFalse();
        // Denied, but not to read: so to write.
        assertThat(Failures.isReadOnly(new AccessDeniedException("pom.xml"))).isTrue();
        assertThat(Failures.isReadOnly(new AccessDeniedException("./src/new"))).isTrue();
        assertThat(Failures.isReadOnly(new AccessDeniedException("/nowhere/new"))).isFalse();
        assertThat(Failures.isReadOnly(new AccessDeniedException(null))).isFalse();
    }

    private static FileSystemException system(String reason) {
        return new FileSystemException("/d/a", null, reason);
    }

    private static void told(Throwable failure, String words) {
        assertThat(Failures.describe(failure)).isEqualTo(words);
    }
}
