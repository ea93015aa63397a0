package dev.firn;

import dev.firn.testkit.ChangedFirn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The table of planted bugs. What a bug is stands in the comment of its constant, and is read from
/// there, so that there is one text for those who read the code and those who read the table.
final class BugTable {
    private static final Path TESTS = ChangedFirn.CORE.resolve("src/test/java/dev/firn");

    private BugTable() {}

    /// The table of bugs, without results, or of results.
    static String of(List<Bug> bugs, @Nullable List<PlantedBugs.Result> results)
            throws IOException {
        boolean told = results != null;
        StringBuilder table = new StringBuilder()
                .append("| bug | what is wrong | the test that notices it |")
                .append(told ? " caught | seconds |\n" : "\n")
                .append("| --- | --- | --- |").append(told ? " --- | --- |\n" : "\n");
        for (int i = 0; i < bugs.size(); i++) {
            Bug bug = bugs.get(i);
            table.append("| `").append(bug.name()).append("` | ").append(about(bug))
                    .append(" | `").append(shortName(bug.plan().proof().test())).append("` |");
            if (results != null) {
                table.append(results.get(i).caught() ? " yes | " : " **NO** | ")
                        .append(Math.round(results.get(i).seconds() * 10) / 10.0).append(" |");
            }
            table.append('\n');
        }
        return table.toString();
    }

    /// The page of the documentation.
    static String page() throws IOException {
        return """
                # Planted bugs

                Mistakes that are planted in the code, one at a time, to see that a test notices each
                ([how](testing.md#planted-bugs)). Written by `BugTableTest`.

                """
                + of(PlantedBugs.all(), null);
    }

    /// The comment of a bug's constant.
    static String about(Bug bug) throws IOException {
        String type = bug.getClass().getSimpleName();
        String source = Files.readString(TESTS.resolve(type + ".java"));
        Matcher found = Pattern.compile("((?:^ {4}///.*\n)+) {4}" + bug.name() + "\\(",
                Pattern.MULTILINE).matcher(source);
        if (!found.find()) {
            throw new IllegalStateException(type + "." + bug.name() + " has no comment");
        }
        return found.group(1).replaceAll("\\s*///\\s*", " ").strip();
    }

    private static String shortName(String test) {
        return test.replaceFirst("\\(.*", "").replace("dev.firn.", "").replace('#', '.');
    }
}
