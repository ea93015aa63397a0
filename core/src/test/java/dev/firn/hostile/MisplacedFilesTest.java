package dev.firn.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.Options;
import dev.firn.prove.Count;
import dev.firn.prove.Volume;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Blocks and files that are not where they belong: see the table in `docs/testing.md`.
@Tag("proof")
class MisplacedFilesTest {
    private static final int CASES_EACH = 20;

    @TempDir
    Path temporary;

    @Test
    void whatIsMisplacedIsToldOrHarmless() throws Exception {
        var attack = new MisplacedFiles();
        Volume.reach(MisplacedFilesTest.class, attack, Count.DAMAGES, 2_000);
        if (Long.getLong("firn.seed") == null) {
            assertThat(attack.cases).hasSameSizeAs(Misplacement.values());
            assertThat(attack.cases.values()).allMatch(cases -> cases >= CASES_EACH);
        }
    }

    /// Directories, links and pipes with the names of a store's files: never followed, never
    /// waited for.
    @Test
    void whatIsNoFileIsRefusedOrLeftAlone() throws Exception {
        int cases = 0;
        for (Thing thing : Thing.values()) {
            for (String ending : List.of(".sst", ".log", "MANIFEST-", "CURRENT", "LOCK")) {
                Path store = store(thing + ending.replace(".", ""));
                Path file = only(store, ending);
                Path away = Files.move(file, temporary.resolve(thing + "-away" + ending));
                thing.make(file, away);
                assertThat(refusal(store, false)).as(thing + " " + ending).isNotNull();
                assertThat(refusal(store, true)).as(thing + " " + ending).isNotNull();
                cases++;
            }
            for (String name : List.of("000090.sst", "000091.log", "MANIFEST-000092",
                    "CURRENT.tmp", "other")) {
                Path store = store(thing + "extra" + name.replace(".", ""));
                Path extra = store.resolve(name);
                thing.make(extra, temporary.resolve("nowhere"));
                assertThat(refusal(store, true)).as(thing + " " + name).isNull();
                assertThat(refusal(store, false)).as(thing + " " + name).isNull();
                assertThat(Files.exists(extra, java.nio.file.LinkOption.NOFOLLOW_LINKS)).isTrue();
                cases++;
            }
        }
        assertThat(cases).isGreaterThanOrEqualTo(CASES_EACH);
    }

    /// Nobody reads through gigabytes of nothing.
    @Test
    void aSegmentThatIsTooLargeIsRefusedByName() throws Exception {
        Path store = store("large");
        try (var file = new RandomAccessFile(store.resolve("000999.log").toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        for (boolean readOnly : new boolean[]{true, false}) {
            FirnException refusal = refusal(store, readOnly);
            assertThat(refusal).isNotNull().hasMessageContaining("000999.log")
                    .hasMessageContaining("more than a segment can have");
            assertThat(refusal.kind()).isEqualTo(FirnException.Kind.CORRUPT);
        }
        assertThat(Firn.verify(store, _ -> {}).damages()).singleElement()
                .satisfies(damage -> assertThat(damage.file()).isEqualTo("000999.log"));
        Files.move(store.resolve("000999.log"), store.resolve("app.log"));
        assertThat(refusal(store, true)).isNull();
        Options options = Options.defaults().withReadOnly(true).withMemoryBytes(16L << 20);
        try (Firn firn = Firn.open(store, options)) {
            assertThat(firn.statistics().memory().limit()).isEqualTo(16L << 20);
        }
        assertThat(refusal(store, false)).isNull();
    }

    private enum Thing {
        DIRECTORY, LINK, PIPE;

        void make(Path at, Path target) throws IOException, InterruptedException {
            switch (this) {
                case DIRECTORY -> Files.createDirectory(at);
                case LINK -> Files.createSymbolicLink(at, target);
                case PIPE -> assertThat(new ProcessBuilder("mkfifo", at.toString()).start()
                        .waitFor()).isZero();
            }
        }
    }

    private Path store(String name) {
        Path store = temporary.resolve(name);
        try (Firn firn = Firn.open(store)) {
            firn.put(Contents.bytes("key"), Contents.bytes("value"));
            firn.flush();
            firn.put(Contents.bytes("later"), Contents.bytes("value"));
        }
        return store;
    }

    private static Path only(Path store, String ending) throws IOException {
        try (var files = Files.list(store)) {
            return files.filter(file -> file.getFileName().toString().contains(ending)).findFirst()
                    .orElseThrow();
        }
    }

    private static FirnException refusal(Path store, boolean readOnly) {
        try (Firn firn = Firn.open(store,
                dev.firn.Options.defaults().withReadOnly(readOnly).withCreateIfMissing(false))) {
            assertThat(firn.get(Contents.bytes("key"))).isEqualTo(Contents.bytes("value"));
            assertThat(firn.get(Contents.bytes("later"))).isEqualTo(Contents.bytes("value"));
            return null;
        } catch (FirnException e) {
            return e;
        }
    }
}
