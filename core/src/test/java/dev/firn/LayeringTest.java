package dev.firn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;

/// A package imports only packages above it. `jdeps` reads the compiled classes, so nothing hides behind a qualified
/// name or an inferred type.
class LayeringTest {
    /// The packages, top first. A package missing here is an error: whoever adds one decides where it stands.
    private static final List<String> TOP_TO_BOTTOM = List.of("dev.firn", "dev.firn.util",
            "dev.firn.storage", "dev.firn.key", "dev.firn.dump", "dev.firn.cursor",
            "dev.firn.record",
            "dev.firn.cache", "dev.firn.memtable", "dev.firn.sstable", "dev.firn.manifest",
            "dev.firn.compaction", "dev.firn.engine");

    /// `Firn.open` has to reach the engine: the only way down.
    private static final Edge SANCTIONED = new Edge("dev.firn", "dev.firn.engine");

    private static final Pattern JDEPS_EDGE = Pattern.compile("^\\s+(\\S+)\\s+->\\s+(\\S+)\\s.*$");

    /// One package uses another.
    private record Edge(String from, String to) {
        @Override
        public String toString() {
            return from + " -> " + to;
        }
    }

    @Test
    void packagesImportOnlyWhatStandsAboveThem() {
        assertThat(violations(edgesOf(classesOf(Firn.class)))).isEmpty();
    }

    @Test
    void jdepsSeesTheEdgesOfThisTest() {
        assertThat(edgesOf(classesOf(LayeringTest.class)))
                .contains(new Edge("dev.firn", "java.util.spi"))
                .contains(new Edge("dev.firn", "org.assertj.core.api"));
    }

    @Test
    void importsUpwardsAndWithinAPackageAreLegal() {
        assertThat(violations(List.of(new Edge("dev.firn.engine", "dev.firn"),
                new Edge("dev.firn.engine", "dev.firn.compaction"),
                new Edge("dev.firn.key", "dev.firn.key"),
                new Edge("dev.firn.key", "java.util")))).isEmpty();
    }

    @Test
    void theSanctionedEdgeIsLegal() {
        assertThat(violations(List.of(SANCTIONED))).isEmpty();
    }

    @Test
    void importsDownwardsAreFound() {
        assertThat(violations(List.of(new Edge("dev.firn.util", "dev.firn.storage"),
                new Edge("dev.firn.sstable", "dev.firn.engine"),
                new Edge("dev.firn", "dev.firn.memtable")))).hasSize(3)
                .allMatch(violation -> violation.contains("imports downwards"));
    }

    @Test
    void unknownPackagesAreFoundOnEitherSide() {
        assertThat(violations(List.of(new Edge("dev.firn.misc", "java.lang"),
                new Edge("dev.firn.engine", "dev.firn.storage.disk")))).hasSize(2)
                .allMatch(violation -> violation.contains("unknown package"));
    }

    private static List<String> violations(List<Edge> edges) {
        var violations = new ArrayList<String>();
        for (Edge edge : edges) {
            if (isUnknown(edge.from) || isUnknown(edge.to)) {
                violations.add(edge + ": unknown package, give it a place in the order");
            } else if (isOurs(edge.from) && isOurs(edge.to) && !edge.equals(SANCTIONED)
                    && TOP_TO_BOTTOM.indexOf(edge.to) > TOP_TO_BOTTOM.indexOf(edge.from)) {
                violations.add(edge + ": imports downwards");
            }
        }
        return violations;
    }

    private static boolean isOurs(String name) {
        return name.equals("dev.firn") || name.startsWith("dev.firn.");
    }

    private static boolean isUnknown(String name) {
        return isOurs(name) && !TOP_TO_BOTTOM.contains(name);
    }

    private static List<Edge> edgesOf(Path classes) {
        var out = new StringWriter();
        int exit = ToolProvider.findFirst("jdeps").orElseThrow().run(new PrintWriter(out, true),
                new PrintWriter(out, true), "--ignore-missing-deps", "--multi-release", "base",
                "-verbose:package", "-filter:none", classes.toString());
        assertThat(exit).as(out.toString()).isZero();
        return out.toString().lines().map(JDEPS_EDGE::matcher).filter(Matcher::matches)
                .map(edge -> new Edge(edge.group(1), edge.group(2))).toList();
    }

    private static Path classesOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
