package dev.firn.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.RepairOptions;
import dev.firn.VerifyReport.Damage;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A batch that is wrong although its checksum is right is named by its file and its place there.
class ForgedBatchTest {
    private static final int FIRST = 64;
    private static final int KIND = FIRST + 12 + 8;

    @TempDir
    Path temporary;

    @Test
    void itsPlaceIsTold() throws Exception {
        Path store = temporary.resolve("store");
        try (Firn firn = Firn.open(store)) {
            firn.put("ada".getBytes(UTF_8), "1815".getBytes(UTF_8));
        }
        Path log = store.resolve("000002.log");
        byte[] bytes = Files.readAllBytes(log);
        bytes[KIND] = 99;
        Forge.log(bytes);
        Files.write(log, bytes);

        var damage = new Damage("000002.log", FIRST, "an operation of unknown kind 99");
        assertThat(Firn.verify(store, _ -> {}).damages()).containsExactly(damage);
        assertThatThrownBy(() -> Firn.open(store)).isInstanceOf(FirnException.class)
                .hasMessageContaining("000002.log at offset 64: an operation of unknown kind 99");
        assertThat(Firn.repair(store, RepairOptions.defaults().withDryRun(true), _ -> {})
                .damages()).containsExactly(damage);
    }
}
