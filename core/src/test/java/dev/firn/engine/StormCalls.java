package dev.firn.engine;

import dev.firn.prove.Violation;
import dev.firn.prove.Violation.Kind;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Calls of public methods by their signature, each with a check of its result.
final class StormCalls {
    private final Map<String, Workers.Work> calls = new LinkedHashMap<>();

    /// A method as this names it: `Keyspace.get(byte[])`.
    static String signature(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName()
                + Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    /// The signatures of all public methods of some types.
    static TreeSet<String> signatures(Stream<Class<?>> types) {
        return types.flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(m -> Modifier.isPublic(m.getModifiers()) && !m.isSynthetic())
                .map(StormCalls::signature).collect(Collectors.toCollection(TreeSet::new));
    }

    /// A call of a type's methods.
    StormCalls on(String type, String method, Workers.Work work) {
        Workers.Work before = calls.put(type + "." + method, work);
        assert before == null : method;
        return this;
    }

    /// A call that answers yes.
    StormCalls yes(String type, String method, BooleanSupplier work) {
        return on(type, method, () -> expect(work.getAsBoolean(), type + "." + method));
    }

    Map<String, Workers.Work> all() {
        return calls;
    }

    static void expect(boolean holds, String what) {
        if (!holds) {
            throw new Violation(Kind.WRONG_VALUE, what + " has the wrong result");
        }
    }
}
