package dev.firn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.engine.WorkHealth.Work;
import dev.firn.storage.CorruptException;
import dev.firn.storage.DiskFullException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

/// What is told of background failures to whom, and for how long.
class HealthTest {
    private final Health health = new Health("place");

    private void told(String what) {
        assertThatThrownBy(health::beforeWrite).isInstanceOf(FirnException.class)
                .hasMessageContaining(what).hasMessageContaining("was not carried out");
    }

    private void nothingIsTold() {
        assertThatCode(health::beforeWrite).doesNotThrowAnyException();
    }

    @Test
    void whatGoesOnFailingIsToldOnce() {
        WorkHealth merges = health.compaction();
        for (int i = 0; i < 5; i++) {
            merges.failed(new IOException("bad sector"));
            if (i == 0) {
                told("bad sector");
            }
            nothingIsTold();
            assertThat(health.describe()).contains("bad sector");
        }
        merges.recovered();
        assertThat(health.describe()).isNull();
        merges.failed(new IOException("bad again"));
        told("bad again");
    }

    @Test
    void whatGetsWorseIsToldAgain() {
        WorkHealth flushes = health.flush();
        flushes.failed(new DiskFullException("full"));
        nothingIsTold();
        flushes.failed(new IOException("bad"));
        told("bad");
        flushes.failed(new StackOverflowError("deep"));
        told("deep");
        flushes.failed(new IOException("bad"));
        flushes.failed(new StackOverflowError("deep"));
        nothingIsTold();
    }

    @Test
    void whatHasPassedIsToldOnlyOfErrors() {
        health.flush().failed(new IOException("bad"));
        health.flush().recovered();
        nothingIsTold();
        health.flush().failed(new OutOfMemoryError("heap"));
        health.flush().recovered();
        health.flush().failed(new IOException("bad"));
        health.sync().failed(new IOException("slow"));
        health.sync().recovered();
        assertThatThrownBy(health::beforeWrite)
                .isInstanceOfSatisfying(FirnException.class,
                        e -> assertThat(e.kind()).isEqualTo(Kind.OUT_OF_MEMORY))
                .hasMessageContaining("heap");
        nothingIsTold();
    }

    /// With nothing to do nothing fails, and nothing has succeeded.
    @Test
    void whatRestsBetweenFailuresIsToldOnce() {
        WorkHealth merges = health.compaction();
        merges.failed(new IOException("bad sector"));
        merges.rested();
        nothingIsTold();
        assertThat(health.describe()).isNull();
        merges.failed(new IOException("bad sector"));
        told("bad sector");
        merges.rested();
        merges.failed(new IOException("bad sector"));
        nothingIsTold();
        assertThat(health.describe()).contains("bad sector");
        merges.failed(new OutOfMemoryError("heap"));
        merges.rested();
        told("heap");
        merges.failed(new OutOfMemoryError("heap"));
        nothingIsTold();
        merges.rested();
        merges.recovered();
        merges.failed(new IOException("bad again"));
        told("bad again");
    }

    @Test
    void eachWorkIsForItself() {
        WorkHealth damaged = health.compaction();
        WorkHealth full = health.compaction();
        damaged.failed(new CorruptException("000007.sst", 4096, "checksum"));
        full.failed(new DiskFullException("no space"));
        assertThat(health.describe()).contains("no space").contains("is tried again");
        assertThat(health.whyFlushesFail()).isNotNull();
        full.recovered();
        assertThat(health.whyFlushesFail()).isNull();
        assertThat(health.describe()).contains("000007.sst").contains("firn verify")
                .doesNotContain("is tried again");
        health.upkeep().failed(new IOException("cannot close"));
        health.flush().failed(new IOException("cannot write"));
        assertThatThrownBy(health::beforeWrite)
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        nothingIsTold();
        // What is not tried again is over when it was told.
        health.flush().recovered();
        assertThat(health.describe()).contains("000007.sst");
        health.forget(damaged);
        assertThat(health.describe()).isNull();
    }

    /// Nobody asks any more how the merges of a dropped keyspace are.
    @Test
    void errorsOfADroppedKeyspaceAreTold() {
        WorkHealth before = health.compaction();
        before.failed(new OutOfMemoryError("heap"));
        health.forget(before);
        assertThat(health.describe()).contains("heap");
        told("heap");
        assertThat(health.describe()).isNull();
        nothingIsTold();
        before.failed(new StackOverflowError("deep"));
        assertThat(health.describe()).contains("deep");
        told("deep");
        nothingIsTold();
        WorkHealth passed = health.compaction();
        passed.failed(new IOException("bad"));
        health.forget(passed);
        nothingIsTold();
        assertThat(health.describe()).isNull();
    }

    @Test
    void theSameObjectIsAnotherFailure() {
        OutOfMemoryError preallocated = new OutOfMemoryError("heap");
        health.flush().failed(preallocated);
        long known = health.flush().failures();
        health.flush().failed(preallocated);
        assertThat(health.flush().failures()).isGreaterThan(known);
    }

    @Test
    void theWordsAreTrue() {
        FirnException damage = Errors.inBackground("place", Work.COMPACTION,
                new CorruptException("000007.sst", 4096, "checksum"));
        assertThat(damage.kind()).isEqualTo(Kind.CORRUPT);
        assertThat(damage).hasMessageContaining("firn verify")
                .hasMessageNotContaining("is tried again");
        assertThat(Errors.inBackground("place", Work.FLUSH,
                new FileSystemException("a", null, "Read-only file system")).kind())
                .isEqualTo(Kind.READ_ONLY);
        assertThat(Errors.inBackground("place", Work.UPKEEP, new IOException("x")))
                .hasMessageNotContaining("is tried again");
    }

    @Test
    void aPoisonedStoreRefusesEveryWriteAndItsCloseSaysSo() {
        assertThat(health.unclean()).isNull();
        health.poison(new IOException("force"));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(health::beforeWrite)
                    .isInstanceOfSatisfying(FirnException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.FAILED));
        }
        assertThat(health.unclean()).isNotNull();
    }
}
