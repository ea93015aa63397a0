package dev.firn.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.storage.SimulatedStorage;
import dev.firn.testkit.TextDriven;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// The format as it was decided: `golden-manifest.txt` shows every byte of a manifest of version 1.
/// What is written must stay these bytes, and these bytes must stay readable. Never rewrite it for
/// a change of the code; a new version of the format gets a file of its own.
class GoldenTest {
    private static final String SCRIPT = "golden-manifest.txt";

    @Test
    void theBytesOfVersion1AreWritten() throws Exception {
        TextDriven.run(getClass(), SCRIPT, new ScriptTest.StoreScript());
    }

    @Test
    void theBytesOfVersion1AreRead() throws Exception {
        String script;
        try (var in = getClass().getResourceAsStream(SCRIPT)) {
            script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        String current = script.lines().filter(line -> line.startsWith("firn 1 ")).findFirst()
                .orElseThrow() + "\n";
        var storage = new SimulatedStorage();
        storage.create();
        put(storage, StoreFile.CURRENT, current.getBytes(StandardCharsets.US_ASCII));
        put(storage, "MANIFEST-000001", ManifestDump.parse(script));

        // The last block of the script shows the state.
        String expected = script.substring(script.lastIndexOf("----\n") + "----\n".length());
        assertThat(ManifestText.text(Manifest.read(storage))).isEqualTo(expected.strip());
    }

    @Test
    void theExampleOfTheDocumentationIsTheBeginning() throws Exception {
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.isDirectory(here.resolve("docs")) ? here : here.getParent();
        String page = Files.readString(root.resolve("docs/format/manifest.md"));
        byte[] example = ManifestDump.parse(page);
        byte[] golden;
        try (var in = getClass().getResourceAsStream(SCRIPT)) {
            golden = ManifestDump.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        assertThat(example).hasSizeGreaterThan(100)
                .isEqualTo(Arrays.copyOf(golden, example.length));
    }

    private static void put(SimulatedStorage storage, String name, byte[] bytes) throws Exception {
        try (var file = storage.create(name)) {
            file.write(0, MemorySegment.ofArray(bytes), 0, bytes.length);
        }
    }
}
