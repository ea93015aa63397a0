package dev.firn.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.manifest.Change.NextFile;
import dev.firn.storage.SimulatedStorage;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Random edits, rotations and reopenings against [StoreModel].
///
/// A failure names its seed; `-Dfirn.seed=<seed>` runs that one alone:
/// `mvn -Dquick -pl core test -Dtest=ManifestModelTest -Dfirn.seed=7`.
class ManifestModelTest {
    @Test
    void stateIsTheSumOfTheEdits() throws Exception {
        run(1, 30, 120);
    }

    @Test
    @Tag("long")
    void stateIsTheSumOfManyEdits() throws Exception {
        run(1_000, 300, 2_000);
    }

    private static void run(long firstSeed, int seeds, int edits) throws Exception {
        Long only = Long.getLong("firn.seed");
        for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
            long used = only == null ? seed : only;
            try {
                new Session(used).run(edits);
            } catch (Throwable t) {
                throw new AssertionError("replay with mvn -Dquick -pl core test "
                        + "-Dtest=ManifestModelTest -Dfirn.seed=" + used, t);
            }
            if (only != null) {
                return;
            }
        }
    }

    /// One store and its model.
    private static final class Session {
        private final Random random;
        private final SimulatedStorage storage = new SimulatedStorage();
        private final StoreModel model = new StoreModel();
        private Manifest manifest;

        Session(long seed) throws Exception {
            random = new Random(seed);
            storage.create();
            manifest = Manifest.create(storage, random.nextLong());
            model.storeId = manifest.state().storeId();
            model.nextFile = 2;
        }

        void run(int edits) throws Exception {
            long mostRotations = 0;
            for (int i = 0; i < edits; i++) {
                manifest.replaceAbove(random.nextInt(1 << random.nextInt(2, 16)), 0);
                var source = new RandomEdits(random, model, manifest::newFileNumber);
                VersionEdit edit = source.next();
                checkCodec(edit);
                String before = manifest.name();
                manifest.append(edit);
                mostRotations += before.equals(manifest.name()) ? 0 : 1;
                model.apply(edit);
                model.nextFile = manifest.state().nextFile();
                assertThat(ManifestText.text(manifest.state())).isEqualTo(model.text());
                if (random.nextInt(5) == 0) {
                    assertThat(ManifestText.text(Manifest.read(storage))).isEqualTo(model.text());
                    checkLookups();
                }
                if (random.nextInt(10) == 0) {
                    reopen();
                }
            }
            assertThat(mostRotations).isPositive();
            manifest.close();
            storage.openFiles().assertNone();
        }

        private void reopen() throws Exception {
            manifest.close();
            long next = manifest.newFileNumber();
            manifest = Manifest.open(storage);
            assertThat(manifest.newFileNumber()).isLessThanOrEqualTo(next);
            model.nextFile = manifest.state().nextFile();
            assertThat(ManifestText.text(manifest.state())).isEqualTo(model.text());
            for (String orphan : manifest.orphans(
                    storage.list().stream().map(info -> info.name()).toList())) {
                storage.delete(orphan);
            }
        }

        private static void checkCodec(VersionEdit edit) throws Exception {
            byte[] bytes = EditEncoder.encode(edit);
            VersionEdit decoded = EditDecoder.decode(bytes, 0, bytes.length, "x", 0);
            assertThat(decoded).isEqualTo(edit);
            assertThat(EditEncoder.encode(decoded)).isEqualTo(bytes);
        }

        /// Every run finds the table that looking at all of them finds.
        private void checkLookups() {
            for (KeyspaceState keyspace : manifest.state().keyspaces()) {
                Version version = keyspace.version();
                for (Run run : version.runs()) {
                    for (TableMeta table : run.tables()) {
                        RunTest.checkAround(run, table.first().bytes());
                        RunTest.checkAround(run, table.end().bytes());
                    }
                }
                assertThat(version.totals().tables())
                        .isEqualTo((int) model.tables.stream()
                                .filter(placed -> placed.keyspace() == keyspace.id()).count());
            }
        }
    }

    @Test
    void numbersThatNoEditToldOfAreToldByTheNext() throws Exception {
        var storage = new SimulatedStorage();
        storage.create();
        try (Manifest manifest = Manifest.create(storage, 1)) {
            long last = 0;
            for (int i = 0; i < 5; i++) {
                last = manifest.newFileNumber();
            }
            assertThat(manifest.state().nextFile()).isLessThan(last);
            manifest.append(VersionEdit.of());
            assertThat(manifest.state().nextFile()).isEqualTo(last + 1);
            manifest.append(VersionEdit.of(new NextFile(last + 10)));
            // Told from outside, they are not given out either.
            assertThat(manifest.newFileNumber()).isGreaterThanOrEqualTo(last + 10);
        }
        assertThat(Manifest.read(storage).nextFile()).isEqualTo(7 + 10 - 1);
    }
}
