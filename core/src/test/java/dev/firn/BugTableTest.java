package dev.firn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.prove.Violation;
import dev.firn.testkit.Change;
import dev.firn.testkit.ChangedFirn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The table of planted bugs in the documentation is that of the code. `-Dfirn.golden=write` writes
/// it.
class BugTableTest {
    private static final Path PAGE =
            ChangedFirn.CORE.toAbsolutePath().resolveSibling("docs/planted-bugs.md");
    private static final Path ENGINE = ChangedFirn.CORE.resolve("src/main/java/dev/firn");

    @Test
    void thePageListsWhatIsPlanted() throws IOException {
        String page = BugTable.page();
        if ("write".equals(System.getProperty("firn.golden"))) {
            Files.writeString(PAGE, page);
        }
        assertThat(page).isEqualTo(Files.readString(PAGE));
        assertThat(PlantedBugs.quick()).hasSizeGreaterThanOrEqualTo(25);
        assertThat(PlantedBugs.all()).extracting(Bug::name).doesNotHaveDuplicates();
    }

    /// The name of a test, and of what it throws, is printed whatever has gone wrong.
    @Test
    void everySymptomIsOneOfTheBug() {
        for (Bug bug : PlantedBugs.all()) {
            Bug.Plan plan = bug.plan();
            assertThat(plan.proof().test()).as(bug.name()).doesNotContain(plan.symptom());
            assertThat(Violation.class.getName()).as(bug.name()).doesNotContain(plan.symptom());
        }
    }

    /// A proof that never has to notice anything proves nothing.
    @Test
    void everyProofHasABug() {
        assertThat(PlantedBugs.all()).extracting(bug -> bug.plan().proof())
                .contains(Proof.values());
    }

    /// Quicker than to plant them.
    @Test
    void everyChangeFindsItsText() throws IOException {
        for (Bug bug : PlantedBugs.all()) {
            Proof proof = bug.plan().proof();
            Map<String, String> texts = new HashMap<>();
            for (List<Change> changes : List.of(proof.before(), bug.plan().changes())) {
                for (Change change : changes) {
                    String text = texts.get(change.file());
                    if (text == null) {
                        text = Files.readString(ENGINE.resolve(change.file()));
                    }
                    texts.put(change.file(), change.edit().apply(text));
                }
            }
            assertThat(texts).as(bug.name()).isNotEmpty();
        }
    }
}
