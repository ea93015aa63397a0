package dev.firn.prove.disk;

import dev.firn.manifest.StoreFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Commands that run a process under `strace`, which makes system calls on a store's files fail.
///
/// The n-th call is counted in every thread by itself.
final class Trace {
    /// So many new files may a process come to, beside those that are there.
    private static final int NUMBERS = 150;

    /// Which files of a store.
    enum Target {
        LOG, MANIFEST, TABLE, CURRENT, DIRECTORY
    }

    private Trace() {}

    /// Kills at the n-th of a call, whatever file of the store it is about.
    static List<String> kill(Path store, String call, int nth) throws IOException {
        List<String> command = command(store.resolveSibling("trace"), call,
                "signal=KILL:when=" + nth);
        for (Target target : Target.values()) {
            addPaths(command, store, target);
        }
        return command;
    }

    /// Injects something into calls on some files.
    ///
    /// @param output where the calls are written to
    /// @param what such as `error=EIO:when=3`
    static List<String> inject(Path store, Path output, String call, Target target, String what)
            throws IOException {
        List<String> command = command(output, call, what);
        addPaths(command, store, target);
        return command;
    }

    private static List<String> command(Path output, String call, String what) {
        return new ArrayList<>(List.of("strace", "-f", "-qq", "--seccomp-bpf", "-o",
                output.toString(), "-e", "trace=" + call, "-e", "inject=" + call + ":" + what));
    }

    private static void addPaths(List<String> command, Path store, Target target)
            throws IOException {
        switch (target) {
            case DIRECTORY -> add(command, store.toString());
            case CURRENT -> {
                add(command, store.resolve(StoreFile.CURRENT).toString());
                add(command, store.resolve(StoreFile.CURRENT_TEMPORARY).toString());
            }
            case LOG, MANIFEST, TABLE -> {
                SortedSet<Long> numbers = numbers(store);
                long next = numbers.isEmpty() ? 1 : numbers.getLast() + 1;
                for (long n = next; n < next + NUMBERS; n++) {
                    numbers.add(n);
                }
                for (long n : numbers) {
                    add(command, store.resolve(nameOf(target, n)).toString());
                }
            }
        }
    }

    /// Of the files that are there.
    private static SortedSet<Long> numbers(Path store) throws IOException {
        if (!Files.exists(store)) {
            return new TreeSet<>();
        }
        try (Stream<Path> files = Files.list(store)) {
            return files.map(file -> file.getFileName().toString().replaceAll("[^0-9]", ""))
                    .filter(digits -> !digits.isEmpty()).map(Long::valueOf)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static String nameOf(Target target, long number) {
        return (target == Target.LOG
                ? StoreFile.log(number)
                : target == Target.TABLE ? StoreFile.table(number) : StoreFile.manifest(number))
                .name();
    }

    private static void add(List<String> command, String path) {
        command.add("-P");
        command.add(path);
    }

    /// The calls that something was injected into, as they were told.
    static List<String> injected(Path output) throws IOException {
        try (Stream<String> lines = Files.lines(output)) {
            return lines.filter(line -> line.contains("(INJECTED)")
                    || line.contains("(DELAYED)")).toList();
        }
    }
}
