package dev.firn.testkit;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// Firn with some of its source files changed: compiles those, and runs a test in a JVM whose class
/// path has them in front. So a bug can be planted anywhere, or a look be taken between two steps,
/// and the code that users get has no seam for it.
public final class ChangedFirn {
    /// What became of a test: it passed, it failed, it could not run, or it had to be stopped.
    public enum End {
        PASSED, FAILED, CRASHED, HUNG
    }

    /// @param output what the test printed, with its failures
    public record Outcome(End end, String output) {}

    private static final long SECONDS_MAX = 300;

    /// The directory of the engine's module, seen from there or from the root of the repository.
    public static final Path CORE =
            Path.of(Files.isDirectory(Path.of("src/main/java/dev/firn")) ? "" : "core");

    private static final Path SOURCES = CORE.resolve("src/main/java/dev/firn");

    /// What Lincheck needs to rewrite bytecode.
    public static final List<String> LINCHECK = List.of("-XX:+EnableDynamicAgentLoading",
            "--sun-misc-unsafe-memory-access=allow", "-Xshare:off", "-Xmx512m",
            "-XX:+UseSerialGC");

    /// For everything else.
    public static final List<String> SMALL = List.of("-XX:TieredStopAtLevel=1", "-Xmx256m",
            "-XX:+UseSerialGC");

    private final Path classes;
    private final Path output;

    /// Compiles the changes.
    ///
    /// @param scratch an empty directory
    public ChangedFirn(Path scratch, List<Change> changes) throws IOException {
        classes = Files.createDirectories(scratch.resolve("classes"));
        output = scratch.resolve("output.txt");
        Map<Path, String> texts = new LinkedHashMap<>();
        Path sources = scratch.resolve("sources");
        for (Change change : changes) {
            Path file = sources.resolve("dev/firn").resolve(change.file());
            String text = texts.get(file);
            if (text == null) {
                text = Files.readString(SOURCES.resolve(change.file()));
            }
            texts.put(file, change.edit().apply(text));
        }
        for (Map.Entry<Path, String> text : texts.entrySet()) {
            Files.createDirectories(text.getKey().getParent());
            Files.writeString(text.getKey(), text.getValue());
        }
        compile(sources, List.copyOf(texts.keySet()));
    }

    /// As a part of the module, whose sealed types allow no others; test classes may be called.
    private void compile(Path sources, List<Path> files) throws IOException {
        String path = System.getProperty("java.class.path");
        List<String> tests = new ArrayList<>();
        for (String entry : path.split(File.pathSeparator)) {
            if (entry.endsWith("test-classes")) {
                tests.add(entry);
            }
        }
        String patch = "dev.firn=" + sources + File.pathSeparator
                + String.join(File.pathSeparator, tests);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-d", classes.toString(), "--module-path", path,
                    "--patch-module", patch, "-proc:none", "-implicit:none", "-nowarn");
            boolean compiled = files.isEmpty() || compiler.getTask(messages, manager, null, options,
                    null, manager.getJavaFileObjectsFromPaths(files)).call();
            if (!compiled) {
                throw new IllegalStateException("the changes do not compile:\n" + messages);
            }
        }
    }

    /// Where the changed classes are, to be put in front of a class path.
    public Path classes() {
        return classes;
    }

    /// Runs a test of the class path.
    ///
    /// @param jvm arguments for the JVM
    /// @param test the name of its class, perhaps with `#` and the name of a method
    public Outcome run(List<String> jvm, String test) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(jvm);
        command.addAll(List.of("-ea", "-cp",
                classes + File.pathSeparator + System.getProperty("java.class.path"),
                RunTest.class.getName(), test));
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(output.toFile()).start();
        boolean ended = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        String printed = Files.readString(output);
        if (!ended) {
            return new Outcome(End.HUNG, printed);
        }
        return switch (process.exitValue()) {
            case RunTest.PASSED -> new Outcome(End.PASSED, printed);
            case RunTest.FAILED -> new Outcome(End.FAILED, printed);
            default -> new Outcome(End.CRASHED, "exit " + process.exitValue() + "\n" + printed);
        };
    }
}
