package dev.firn.prove.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.prove.Count;
import dev.firn.prove.Scratch;
import dev.firn.prove.Tally;
import dev.firn.prove.Volume;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// [Owners], in every run, and on disks that cannot be written.
@Tag("proof")
class OwnersTest {
    @Test
    void aSecondOwnerIsRefusedWithTheNumberOfTheFirst() throws Exception {
        Volume.reach(OwnersTest.class, new Owners(), Count.ROUNDS, 3);
    }

    @ParameterizedTest
    @EnumSource
    void aReadOnlyDiskIsRefusedAndCanBeRead(Disk.Kind kind) throws Exception {
        Tally tally = new Tally();
        try (Disk disk = Disk.mounted(kind)) {
            Owners.readOnlyDisk(disk, tally);
        }
        assertThat(tally.of(Count.RECORDS_CHECKED)).isPositive();
    }

    @Test
    void aReadOnlyDirectoryIsRefused() throws Exception {
        Machine.needsRoot();
        Machine.needs("setpriv");
        try (Scratch scratch = Scratch.create("firn-nobody-")) {
            Owners.readOnlyDirectory(scratch.path());
        }
    }
}
