package dev.firn.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.FirnException;
import dev.firn.storage.CorruptException;
import dev.firn.storage.SimulatedStorage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every truncation and every flipped bit of a small manifest and of `CURRENT`: found, or without
/// effect.
class DamageTest {
    private static final String MANIFEST = "MANIFEST-000001";

    private static final VersionEdit STORE =
            ManifestText.edit(List.of("store 1 1", "next-file 100", "keyspace 1 a"));

    /// The state after each edit, in order.
    private final List<String> states = new ArrayList<>();

    private byte[] manifest;
    private byte[] current;

    @BeforeEach
    void write() throws IOException {
        var storage = new SimulatedStorage();
        storage.create();
        try (Manifest written = Manifest.create(storage, 0x1234_5678_9abc_def0L)) {
            states.add(ManifestText.text(written.state()));
            for (String edit : List.of("keyspace 1 default", "next-file 9", "keyspace 2 users",
                    "add ks1 L0 r7 7:a..f\nflushed 1 30\nlog 5 4096\nlogs-from 5",
                    "trim ks1 L0 r7 7 b..d",
                    "remove ks1 L0 r7 7\nadd ks1 L1 r7 7:a..f[b..d)\nadd ks2 L0 r8 8:..\u00ff",
                    "drop 2")) {
                written.append(ManifestText.edit(edit.lines().toList()));
                states.add(ManifestText.text(written.state()));
            }
        }
        manifest = bytes(storage, MANIFEST);
        current = bytes(storage, StoreFile.CURRENT);
        assertThat(manifest).hasSizeBetween(300, 4096);
    }

    @Test
    void everyFlippedBitOfTheManifestIsFoundOrWithoutEffect() throws IOException {
        int harmless = 0;
        for (int bit = 0; bit < manifest.length * 8; bit++) {
            byte[] damaged = manifest.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            String state = load(damaged, current);
            if (state != null) {
                harmless++;
                // The mark behind the last edit tells that all edits must be there.
                assertThat(state).as("bit " + bit).isEqualTo(states.getLast());
            }
        }
        // The last mark itself, and padding.
        assertThat(harmless).isLessThan(manifest.length);
    }

    @Test
    void everyCutOfTheManifestIsFoundOrLeavesAnOlderState() throws IOException {
        int kept = 0;
        for (int length = 0; length < manifest.length; length++) {
            String state = load(Arrays.copyOf(manifest, length), current);
            String zeroed = load(Arrays.copyOf(Arrays.copyOf(manifest, length), manifest.length),
                    current);
            if (state != null) {
                int at = states.indexOf(state);
                assertThat(at).as("cut at " + length).isGreaterThanOrEqualTo(kept);
                kept = at;
            }
            // The zeros that follow may be just what was cut off, the end of a record.
            if (state != null || zeroed != null) {
                assertThat(states.indexOf(zeroed)).as("zeroed from " + length).isBetween(kept,
                        kept + 1);
            }
        }
        assertThat(kept).isEqualTo(states.size() - 1);
    }

    @Test
    void everyFlippedBitAndCutOfCurrentIsFound() throws IOException {
        for (int bit = 0; bit < current.length * 8; bit++) {
            byte[] damaged = current.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(load(manifest, damaged)).as("bit " + bit).isNull();
        }
        for (int length = 0; length < current.length; length++) {
            assertThat(load(manifest, Arrays.copyOf(current, length))).isNull();
        }
        assertThat(load(manifest, Arrays.copyOf(current, 1 << 20))).isNull();
    }

    @Test
    void damageInTheMiddleIsFoundWhateverItsShape() throws IOException {
        var random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            byte[] damaged = manifest.clone();
            int at = random.nextInt(manifest.length);
            int length = 1 + random.nextInt(manifest.length - at);
            switch (random.nextInt(3)) {
                case 0 -> Arrays.fill(damaged, at, at + length, (byte) random.nextInt(3));
                case 1 -> System.arraycopy(manifest, random.nextInt(manifest.length - length + 1),
                        damaged, at, length);
                default -> random.ints(length).forEach(
                        value -> damaged[at + Math.floorMod(value >> 8, length)] = (byte) value);
            }
            String state = load(damaged, current);
            if (state != null) {
                assertThat(states).as("round " + round).contains(state);
            }
        }
    }

    @Test
    void aManifestOfAnotherStoreOrNumberIsRefused() throws IOException {
        var other = new SimulatedStorage();
        other.create();
        Manifest.create(other, 99).close();
        byte[] strange = bytes(other, MANIFEST);
        assertThatThrownBy(() -> Manifest.read(storage(strange, current)))
                .isInstanceOf(CorruptException.class).hasMessageContaining("belongs to store");

        SimulatedStorage renamed = storage(manifest, current);
        renamed.rename(MANIFEST, "MANIFEST-000002");
        renamed.delete(StoreFile.CURRENT);
        put(renamed, StoreFile.CURRENT,
                new CurrentFile(0x1234_5678_9abc_def0L, 2).text().getBytes());
        assertThatThrownBy(() -> Manifest.open(renamed)).isInstanceOf(CorruptException.class)
                .hasMessageContaining("was written as number 1");
        renamed.openFiles().assertNone();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void hostileEditsAreRefusedWithoutHarm(int seed) throws IOException {
        var random = new Random(seed);
        List<byte[]> edits = states.stream().map(state -> EditEncoder
                .encode(ManifestText.edit(state.lines().skip(2).toList()))).toList();
        for (int round = 0; round < 20_000; round++) {
            byte[] edit = edits.get(random.nextInt(edits.size())).clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                edit[random.nextInt(edit.length)] = (byte) random.nextInt();
            }
            decode(Arrays.copyOf(edit, random.nextInt(edit.length + 1)));
            if (round < 2_000) {
                byte[] noise = new byte[random.nextInt(64)];
                random.nextBytes(noise);
                decode(noise);
            }
        }
    }

    private static void decode(byte[] bytes) {
        try {
            VersionEdit edit = EditDecoder.decode(bytes, 0, bytes.length, "x", 0);
            var state = new StoreState();
            state.apply(STORE);
            state.apply(edit);
        } catch (CorruptException | InvalidEditException e) {
            // Refused.
        } catch (FirnException e) {
            assertThat(e.kind()).isEqualTo(FirnException.Kind.INCOMPATIBLE);
        }
    }

    /// The state, or null when it was refused.
    private static String load(byte[] manifest, byte[] current) throws IOException {
        SimulatedStorage storage = storage(manifest, current);
        try {
            return ManifestText.text(Manifest.read(storage));
        } catch (CorruptException e) {
            return null;
        } catch (FirnException e) {
            assertThat(e.kind()).isEqualTo(FirnException.Kind.INCOMPATIBLE);
            return null;
        } finally {
            storage.openFiles().assertNone();
        }
    }

    private static SimulatedStorage storage(byte[] manifest, byte[] current) throws IOException {
        var storage = new SimulatedStorage();
        storage.create();
        put(storage, MANIFEST, manifest);
        put(storage, StoreFile.CURRENT, current);
        return storage;
    }

    private static void put(SimulatedStorage storage, String name, byte[] bytes)
            throws IOException {
        try (var file = storage.create(name)) {
            file.write(0, MemorySegment.ofArray(bytes), 0, bytes.length);
        }
    }

    private static byte[] bytes(SimulatedStorage storage, String name) throws IOException {
        try (var file = storage.open(name)) {
            byte[] bytes = new byte[(int) file.bytes()];
            file.copy(0, MemorySegment.ofArray(bytes), 0, bytes.length);
            return bytes;
        }
    }
}
