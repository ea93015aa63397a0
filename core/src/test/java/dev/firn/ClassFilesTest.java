package dev.firn;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The engine has no Java serialization, no reflection and no native code: looked for in what the
/// compiler made of it. Method handles ([java.lang.invoke.VarHandle] for ordered accesses, and what
/// the compiler makes of lambdas, records and patterns) reach nothing that plain code does not.
class ClassFilesTest {
    private static final Pattern FORBIDDEN_CLASS = Pattern.compile("java/io/Object(In|Out)put.*"
            + "|java/io/Externalizable|java/lang/reflect/.*|sun/misc/.*|jdk/internal/.*"
            + "|java/lang/foreign/(Linker|SymbolLookup).*");
    private static final Pattern FORBIDDEN_METHOD = Pattern.compile(
            "java/lang/(System|Runtime)\\.load(Library)?"
                    + "|java/lang/Class\\.(forName|getDeclared.*|getMethods?|getFields?"
                    + "|getConstructors?|newInstance)"
                    + "|java/lang/foreign/MemorySegment\\.reinterpret");

    private static List<String> findings(byte[] bytes) {
        ClassModel model = ClassFile.of().parse(bytes);
        String name = model.thisClass().asInternalName();
        List<String> found = new ArrayList<>();
        for (PoolEntry entry : model.constantPool()) {
            if (entry instanceof ClassEntry c
                    && FORBIDDEN_CLASS.matcher(c.asInternalName()).matches()) {
                found.add(name + " uses " + c.asInternalName());
            }
            if (entry instanceof MemberRefEntry m) {
                String method = m.owner().asInternalName() + "." + m.name().stringValue();
                if (FORBIDDEN_METHOD.matcher(method).matches()) {
                    found.add(name + " calls " + method);
                }
            }
        }
        model.methods().stream().filter(m -> m.flags().has(AccessFlag.NATIVE))
                .forEach(m -> found.add(name + " has the native method " + m.methodName()));
        return found;
    }

    @Test
    void theEngineIsPlainJava() throws Exception {
        Path classes = Path.of(
                Firn.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<String> found = new ArrayList<>();
        int count = 0;
        try (var files = Files.walk(classes)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                found.addAll(findings(Files.readAllBytes(file)));
                count++;
            }
        }
        assertThat(count).isGreaterThan(300);
        assertThat(found).isEmpty();
    }

    /// Has one of everything.
    static final class Sample {
        private Sample() {}

        static native void call();

        static Object all(java.io.ObjectInputStream in) throws Exception {
            System.loadLibrary("none");
            return java.lang.foreign.Linker.nativeLinker().toString() + in.readObject()
                    + Class.forName("x").getDeclaredMethods().length;
        }
    }

    @Test
    void whatIsLookedForIsFound() throws Exception {
        try (var in = Sample.class.getResourceAsStream("ClassFilesTest$Sample.class")) {
            assertThat(findings(in.readAllBytes())).hasSizeGreaterThanOrEqualTo(6)
                    .anyMatch(f -> f.contains("ObjectInputStream"))
                    .anyMatch(f -> f.contains("Linker")).anyMatch(f -> f.contains("native method"))
                    .anyMatch(f -> f.contains("forName"));
        }
    }
}
