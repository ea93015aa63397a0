package dev.firn.storage;

import dev.firn.FirnException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/// Failures in words for a person: what happened to which file, and no names of classes. The JDK's
/// exceptions of the file system often have just a path for a message.
public final class Failures {
    /// What is said of a link, a pipe, a directory where a file is wanted.
    static final String NO_FILE = "is not a regular file";

    /// The same where nothing else tells what lies there.
    public static final String SOMETHING_ELSE =
            NO_FILE + " but a directory, a link or a pipe, say";

    /// What to do then.
    public static final String SOMETHING_ELSE_ADVICE =
            "; move that away, and put the file itself in its place";

    private Failures() {}

    /// What a failure means, in a line.
    public static String describe(Throwable failure) {
        return switch (failure) {
            case NoSuchFileException e -> e.getFile() + ": no such file or directory";
            case AccessDeniedException e -> e.getFile() + ": permission denied";
            case FileAlreadyExistsException e -> e.getFile() + ": exists already";
            case NotDirectoryException e -> e.getFile() + ": is not a directory";
            case FileSystemException e when e.getReason() != null ->
                    e.getFile() + ": " + reason(e.getReason());
            case IOException e when e.getMessage() != null -> reason(e.getMessage());
            case FirnException e when e.getMessage() != null -> e.getMessage();
            case IOException e -> "an input or output error";
            // An error in the program: its name says more than its message.
            default -> failure.getMessage() == null
                    ? failure.getClass().getSimpleName()
                    : failure.getClass().getSimpleName() + ": " + failure.getMessage();
        };
    }

    /// Whether it says that nothing can be written there: the file system is read-only, or we may
    /// read what we were not allowed to change.
    public static boolean isReadOnly(IOException failure) {
        return switch (failure) {
            case AccessDeniedException e ->
                    e.getFile() != null && mayRead(Path.of(e.getFile()));
            case FileSystemException e when e.getFile() != null ->
                    String.valueOf(e.getReason()).contains("Read-only file system")
                            || isOnReadOnly(Path.of(e.getFile()));
            default -> false;
        };
    }

    /// Asks the file system, as the words of a failure are in the user's language; but it may tell
    /// of another mount of the same files.
    private static boolean isOnReadOnly(Path file) {
        Path there = Files.exists(file) ? file : file.toAbsolutePath().getParent();
        try {
            return there != null && Files.getFileStore(there).isReadOnly();
        } catch (IOException e) {
            return false;
        }
    }

    /// What is wrong with a file that is needed and that a storage does not have.
    ///
    /// @param missing what is said if there is nothing at all in its place
    public static String absent(Storage storage, String name, String missing)
            throws IOException {
        return storage.hasFolder(name) ? SOMETHING_ELSE : missing;
    }

    /// The same, with what to do.
    public static String absentWithAdvice(Storage storage, String name, String missing)
            throws IOException {
        return storage.hasFolder(name) ? SOMETHING_ELSE + SOMETHING_ELSE_ADVICE : missing;
    }

    /// Whether it says that what is there is a link, a pipe, a directory.
    public static boolean isNoFile(FileSystemException failure) {
        return NO_FILE.equals(failure.getReason());
    }

    /// Whether it says nothing about the file: it can be opened by somebody else, or later.
    public static boolean isRefusal(FileSystemException failure) {
        String reason = String.valueOf(failure.getReason());
        return failure instanceof AccessDeniedException
                || reason.contains("Operation not permitted")
                || reason.contains("Too many open files");
    }

    private static boolean mayRead(Path file) {
        Path directory = file.getParent();
        return Files.isReadable(file)
                || (Files.notExists(file) && directory != null
                        && Files.isReadable(directory));
    }

    /// The system's words, with what to do where they do not tell. Other languages stay as they
    /// are.
    private static String reason(String told) {
        return told.replace("Read-only file system", "the file system is read-only")
                .replace("Too many open files",
                        "too many open files; raise the limit of the process (ulimit -n)")
                .replace("Not a directory", "a part of this path is not a directory")
                .replace("Is a directory", "is a directory");
    }
}
