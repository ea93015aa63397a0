package dev.firn.cli.draw;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void sizes() {
        assertThat(Figures.bytes(0)).isEqualTo("0 B");
        assertThat(Figures.bytes(1023)).isEqualTo("1023 B");
        assertThat(Figures.bytes(1024)).isEqualTo("1.0 KiB");
        assertThat(Figures.bytes(1024 * 1024 - 1)).isEqualTo("1.0 MiB");
        assertThat(Figures.bytes(100L << 20)).isEqualTo("100 MiB");
        assertThat(Figures.bytes(Long.MAX_VALUE)).isEqualTo("8.0 EiB");
    }

    @Test
    void counts() {
        assertThat(Figures.count(1, "table")).isEqualTo("1 table");
        assertThat(Figures.count(0, "table")).isEqualTo("0 tables");
        assertThat(Figures.count(12_345, "entry")).isEqualTo("12,345 entries");
    }

    @Test
    void times() {
        assertThat(Figures.time(999)).isEqualTo("999 ns");
        assertThat(Figures.time(12_340)).isEqualTo("12.3 µs");
        assertThat(Figures.time(4_500_000)).isEqualTo("4.5 ms");
        assertThat(Figures.time(2_300_000_000L)).isEqualTo("2.3 s");
        assertThat(Figures.time(200_000_000_000L)).isEqualTo("3 min 20 s");
    }

    @Test
    void shares() {
        assertThat(Figures.percent(1, 3)).isEqualTo("33.3 %");
        assertThat(Figures.percent(0, 0)).isEqualTo("–");
        assertThat(Figures.times(1.118)).isEqualTo("1.12 ×");
        assertThat(Figures.rate(1_000_000, 2_300_000_000L)).isEqualTo("435,000/s");
        assertThat(Figures.rate(1, 0)).isEqualTo("0/s");
    }

    @Test
    void widthCountsColumnsNotCharacters() {
        assertThat(Width.of("aü€")).isEqualTo(3);
        assertThat(Width.of("日本")).isEqualTo(4);
        assertThat(Width.of("e\u0301")).isEqualTo(1);
        assertThat(Width.of(Paint.COLOURED.bold("abc"))).isEqualTo(3);
        assertThat(Width.cut("日本語", 5)).isEqualTo("日本…");
        assertThat(Width.cut("abc", 3)).isEqualTo("abc");
        assertThat(Width.cut("abc", 0)).isEmpty();
    }

    @Test
    void aTableAlignsItsColumns() {
        var table = new TextTable("name", ">size").row("a", "12").row("日本", "3");
        assertThat(table.lines(1, Paint.PLAIN)).containsExactly(" name  size", " a       12",
                " 日本     3");
    }
}
