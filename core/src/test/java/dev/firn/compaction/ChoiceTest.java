package dev.firn.compaction;

import dev.firn.testkit.TextDriven;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What the policies choose, and why, as text.
class ChoiceTest {
    @TestFactory
    Stream<DynamicTest> choices() {
        return TextDriven.scripts(getClass(), "choice-*.txt", ChoiceScript::new);
    }
}
