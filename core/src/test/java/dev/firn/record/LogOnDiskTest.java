package dev.firn.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firn.storage.FileAccess;
import dev.firn.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The log on the real file system, mapped and not.
class LogOnDiskTest {
    @ParameterizedTest
    @EnumSource
    void livesRotationsAndRecycling(FileAccess access, @TempDir Path directory) throws IOException {
        Random random = new Random(2);
        List<byte[]> records = new ArrayList<>();
        Map<Long, Long> sizes = new HashMap<>();
        LogOptions options = new LogOptions(8192, 32768, 2);
        try (FileStorage storage = new FileStorage(directory.resolve("store"), access, access)) {
            storage.create();
            RecoveredLog recovered = RecoveredLog.empty();
            long logsFrom = 1;
            for (int life = 0; life < 4; life++) {
                TestLog test = TestLog.open(storage, options, recovered);
                if (!recovered.closedCleanly()) {
                    for (byte[] record : records) {
                        test.append(record);
                    }
                    test.log.sync(test.log.end());
                    logsFrom = test.opened.getFirst();
                    test.log.retire(logsFrom);
                }
                for (int i = 0; i < 300; i++) {
                    byte[] record = TestLog.record(random, i, random.nextInt(4, 400));
                    test.append(record);
                    records.add(record);
                    test.log.prepareStep();
                    if (i == 150 && life == 2) {
                        test.log.sync(test.log.end());
                        logsFrom = test.log.currentSegment();
                        test.log.retire(logsFrom);
                        records.clear();
                        records.addAll(TestLog.replay(storage, logsFrom, test.rotated).records());
                    }
                }
                if (life % 2 == 0) {
                    test.log.closeCleanly();
                } else {
                    test.log.abandon();
                }
                sizes.putAll(test.rotated);
                TestLog.Replayed replayed = TestLog.replay(storage, logsFrom, sizes);
                assertThat(replayed.records()).hasSameSizeAs(records);
                for (int i = 0; i < records.size(); i++) {
                    assertThat(replayed.records().get(i)).isEqualTo(records.get(i));
                }
                recovered = replayed.log();
                assertThat(recovered.closedCleanly()).isEqualTo(life % 2 == 0);
            }
        }
    }
}
