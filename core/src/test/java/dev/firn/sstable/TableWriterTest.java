package dev.firn.sstable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.FirnException;
import dev.firn.key.UserKey;
import dev.firn.util.MemoryBudget.Use;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the writer refuses, and what it does with memory.
class TableWriterTest {
    private static final byte[] EMPTY = {};

    @Test
    void whatATableTellsOfOthersIsReadBack() throws IOException {
        UserKey to = UserKey.owning(new byte[]{9});
        for (Coverage coverage : new Coverage[]{null, new Coverage(0, 8, null, null),
            new Coverage(3, 9, UserKey.owning(new byte[0]), to),
            new Coverage(9, 9, to, null)}) {
            try (Rig rig = new Rig()) {
                MemoryFile file = new MemoryFile();
                TableWriter writer = rig.writer(file, rig.settings("none", 4096, 10));
                Rig.add(writer, new Version(new byte[]{1}, 0x701, new byte[]{2}));
                writer.flushed(coverage == null ? 0 : 12);
                writer.covers(coverage);
                writer.finish();
                try (Table table = rig.open(file.bytesWritten())) {
                    assertThat(table.facts().coverage()).isEqualTo(coverage);
                    assertThat(table.facts().flushed()).isEqualTo(coverage == null ? 0 : 12);
                }
            }
        }
    }

    @Test
    void entriesOutOfOrderAreRefused() throws IOException {
        Version[] last = {Version.put(key("b"), 5, EMPTY), Version.put(key("bb"), 5, EMPTY)};
        Version[][] wrong = {
            {Version.put(key("a"), 9, EMPTY), Version.put(key(""), 1, EMPTY),
                Version.put(key("b"), 5, EMPTY), Version.put(key("b"), 6, EMPTY)},
            {Version.put(key("b"), 1, EMPTY), Version.put(key("bb"), 5, EMPTY),
                Version.put(key("ba"), 5, EMPTY), Version.put(key("bb"), 7, EMPTY)}};
        try (Rig rig = new Rig()) {
            for (int i = 0; i < last.length; i++) {
                for (Version second : wrong[i]) {
                    TableWriter writer = rig.writer(new MemoryFile(),
                            rig.settings("none", 4096, 10));
                    Rig.add(writer, last[i]);
                    assertThatThrownBy(() -> Rig.add(writer, second))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("order");
                    writer.abandon();
                }
            }
        }
    }

    @Test
    void orderIsCheckedAcrossBlocks() throws IOException {
        try (Rig rig = new Rig()) {
            TableWriter writer = rig.writer(new MemoryFile(), rig.settings("none", 1024, 10));
            byte[] value = new byte[900];
            for (int i = 100; i < 110; i++) {
                Rig.add(writer, Version.put(key("k" + i), 5, value));
            }
            assertThatThrownBy(() -> Rig.add(writer, Version.put(key("k109"), 5, value)))
                    .isInstanceOf(IllegalStateException.class);
            Rig.add(writer, Version.put(key("k109"), 4, value));
            assertThat(writer.finish().entries()).isEqualTo(11);
        }
    }

    @Test
    void impossibleEntriesAreRefused() throws IOException {
        try (Rig rig = new Rig()) {
            TableWriter writer = rig.writer(new MemoryFile(), rig.settings("none", 4096, 10));
            assertThatThrownBy(() -> Rig.add(writer,
                    Version.put(new byte[TableFormat.KEY_MAX + 1], 1, EMPTY)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Rig.add(writer, new Version(EMPTY, 1 << 8 | 2, EMPTY)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("range delete");
            assertThatThrownBy(() -> Rig.add(writer, new Version(EMPTY, 1 << 8, new byte[1])))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("without entries");
            writer.abandon();
            writer.abandon();
            assertThatThrownBy(() -> Rig.add(writer, Version.put(EMPTY, 1, EMPTY)))
                    .isInstanceOf(IllegalStateException.class).hasMessage("Already closed");
        }
    }

    @Test
    void anExhaustedBudgetIsReportedAndNothingLeaks() throws IOException {
        byte[] value = new byte[100];
        int refused = 0;
        boolean done = false;
        for (long budget = 64 << 10; !done; budget += 48 << 10) {
            MemoryFile file = new MemoryFile();
            try (Rig rig = new Rig(budget, 64 << 10, 0)) {
                TableWriter writer = null;
                try {
                    writer = rig.writer(file, rig.settings("lz4", 4096, 10));
                    for (int i = 0; i < 20_000; i++) {
                        Rig.add(writer, Version.put(key("%08d".formatted(i)), 1, value));
                    }
                    writer.finish();
                    done = true;
                } catch (FirnException e) {
                    refused++;
                    assertThat(e.kind()).isEqualTo(FirnException.Kind.OUT_OF_MEMORY);
                    if (writer != null) {
                        TableWriter broken = writer;
                        assertThatThrownBy(broken::finish)
                                .isInstanceOf(IllegalStateException.class);
                        writer.abandon();
                    }
                }
                assertThat(rig.budget.used(Use.COMPACTION)).isZero();
                assertThat(rig.budget.peak()).isLessThanOrEqualTo(budget);
            }
        }
        assertThat(refused).isGreaterThan(5);
    }

    @Test
    void writesAreLargeAndTheEstimateIsNear() throws IOException {
        try (Rig rig = new Rig()) {
            MemoryFile file = new MemoryFile();
            TableWriter writer = rig.writer(file, rig.settings("none", 4096, 10));
            byte[] value = new byte[100];
            for (int i = 0; i < 20_000; i++) {
                Rig.add(writer, Version.put(key("%08d".formatted(i)), 1, value));
            }
            long estimate = writer.fileBytes();
            TableFacts facts = writer.finish();
            assertThat((double) estimate).isBetween(facts.fileBytes() * 0.98,
                    facts.fileBytes() * 1.02);
            assertThat(file.writes).isLessThan((int) (facts.fileBytes() / (64 << 10)) + 3);
        }
    }

    @Test
    void entriesCanComeFromACursorWithAnotherTrailer() throws IOException {
        try (Rig rig = new Rig()) {
            List<Version> entries = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                byte[] value = new byte[i == 77 ? 600_000 : i % 50];
                value = value.clone();
                java.util.Arrays.fill(value, (byte) i);
                entries.add(i % 9 == 0
                        ? Version.delete(key("%05d".formatted(i)), 1 + i)
                        : Version.put(key("%05d".formatted(i)), 1 + i, value));
            }
            MemoryFile copy = new MemoryFile();
            byte[] original = rig.write(rig.settings("lz4", 2048, 10), entries);
            try (Table table = rig.open(original); TableCursor cursor = rig.cursor(table)) {
                TableWriter writer = rig.writer(copy, rig.settings("lz4", 2048, 10));
                for (boolean is = cursor.seekToFirst(); is; is = cursor.next()) {
                    writer.add(cursor);
                }
                writer.finish();
                assertThat(copy.bytesWritten()).isEqualTo(original);

                MemoryFile settled = new MemoryFile();
                TableWriter second = rig.writer(settled, rig.settings("lz4", 2048, 10));
                for (boolean is = cursor.seekToFirst(); is; is = cursor.next()) {
                    second.add(cursor, cursor.trailer() & 0xff);
                }
                TableFacts facts = second.finish();
                assertThat(facts.sequenceMax()).isZero();
                try (Table table2 = rig.open(settled.bytesWritten());
                        TableCursor cursor2 = rig.cursor(table2)) {
                    Rig.assertSame(Rig.forward(cursor2), entries.stream().map(v -> new Version(
                            v.key(), v.trailer() & 0xff, v.value())).toList());
                }
            }
        }
    }

    private static byte[] key(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }
}
