package dev.firn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.testkit.ChangedFirn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The table of planted bugs in the documentation is that of the code. `-Dfirn.golden=write` writes
/// it.
class BugTableTest {
    private static final Path PAGE =
            ChangedFirn.CORE.toAbsolutePath().resolveSibling("docs/planted-bugs.md");

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
}
