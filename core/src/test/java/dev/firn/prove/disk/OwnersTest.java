package dev.firn.prove.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.prove.Count;
import dev.firn.prove.Scratch;
import dev.firn.prove.Tally;
import dev.firn.prove.Violation;
import dev.firn.prove.Volume;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// [Owners], in every run, and on disks that cannot be written.
@Tag("proof")
class OwnersTest {
    @Test
    void anEngineThatTakesNoLockIsNoticed(@TempDir Path scratch) throws Exception {
        // Two owners may be in each other's way so much that the second one fails of that.
        Owners attack = new Owners(Planted.engine(scratch, "LOCK_NOT_TAKEN"));
        assertThat(Planted.mustBeNoticed(attack, 2, Violation.Kind.UNNOTICED,
                Violation.Kind.UNEXPECTED_ERROR)).containsPattern("not (refused with )?LOCKED");
    }

    @Test
    void aSecondOwnerIsRefusedWithTheNumberOfTheFirst() throws Exception {
        Volume.reach(OwnersTest.class, new Owners(), Count.ROUNDS, 3);
    }

    @ParameterizedTest
    @EnumSource
    void aReadOnlyDiskIsRefusedAndCanBeRead(Disk.Kind kind) throws Exception {
        Tally tally = Volume.once("read-only disk, " + kind, counts -> {
            try (Disk disk = Disk.mounted(kind)) {
                Owners.readOnlyDisk(disk, counts);
            }
        });
        assertThat(tally.of(Count.RECORDS_CHECKED)).isPositive();
    }

    @Test
    void aReadOnlyDirectoryIsRefused() throws Exception {
        Volume.once("read-only directory", counts -> {
            Machine.needsRoot();
            Machine.needs("setpriv");
            try (Scratch scratch = Scratch.create("firn-nobody-")) {
                Owners.readOnlyDirectory(scratch.path(), counts);
            }
        });
    }
}
