package dev.firn;

import org.jspecify.annotations.Nullable;

/// Writes [Statistics] as JSON. The names are those of the record components, the order is theirs.
final class StatisticsJson {
    private final StringBuilder out = new StringBuilder(4096);
    private boolean first = true;

    private StatisticsJson() {}

    static String write(Statistics s) {
        StatisticsJson json = new StatisticsJson();
        json.open('{');
        json.number("sequence", s.sequence());
        json.name("keyspaces").open('[');
        s.keyspaces().forEach(json::keyspace);
        json.close(']');
        json.memory(s.memory());
        json.name("cache").open('{');
        json.number("hits", s.cache().hits()).number("misses", s.cache().misses());
        json.number("evictions", s.cache().evictions()).number("bytes", s.cache().bytes());
        json.decimal("hitRate", s.cache().hitRate()).close('}');
        json.name("filters").open('{').number("checks", s.filters().checks());
        json.number("rejections", s.filters().rejections()).close('}');
        json.name("log").open('{').number("bytesWritten", s.log().bytesWritten());
        json.number("syncs", s.log().syncs()).number("segments", s.log().segments());
        json.number("bytes", s.log().bytes()).close('}');
        json.work(s.work());
        json.name("stalls").open('[');
        s.stalls().forEach(json::stall);
        json.close(']');
        json.handles(s.handles());
        json.text("failure", s.failure());
        json.close('}');
        return json.out.toString();
    }

    private void keyspace(Statistics.KeyspaceStatistics k) {
        element().open('{').text("name", k.name()).text("shape", k.shape().name());
        name("levels").open('[');
        k.levels().forEach(l -> element().level(l));
        close(']');
        name("total").level(k.total());
        number("memtableBytes", k.memtableBytes()).number("frozenBytes", k.frozenBytes());
        number("memtableEntries", k.memtableEntries()).number("runs", k.runs());
        name("amplification").open('{').decimal("write", k.amplification().write());
        decimal("read", k.amplification().read()).decimal("space", k.amplification().space());
        close('}').close('}');
    }

    private void level(Statistics.Level l) {
        open('{').number("level", l.level()).number("runs", l.runs()).number("tables", l.tables());
        number("bytes", l.bytes()).number("entries", l.entries());
        number("tombstones", l.tombstones()).close('}');
    }

    private void memory(Statistics.Memory m) {
        name("memory").open('{').number("limit", m.limit()).number("used", m.used());
        number("peak", m.peak()).number("memtables", m.memtables()).number("cache", m.cache());
        number("tables", m.tables()).number("compaction", m.compaction());
        number("cursors", m.cursors()).number("log", m.log()).number("pooled", m.pooled())
                .close('}');
    }

    private void work(Statistics.Work w) {
        name("work").open('{').number("bytesPut", w.bytesPut()).number("flushes", w.flushes());
        number("bytesFlushed", w.bytesFlushed()).number("compactions", w.compactions());
        number("moves", w.moves()).number("bytesCompactedIn", w.bytesCompactedIn());
        number("bytesCompacted", w.bytesCompacted());
        number("bytesMergedDown", w.bytesMergedDown()).close('}');
    }

    private void stall(Statistics.Stall s) {
        element().open('{').text("reason", s.reason()).number("count", s.count());
        number("nanos", s.nanos()).number("longestNanos", s.longestNanos()).close('}');
    }

    private void handles(Statistics.Handles h) {
        name("handles").open('{').number("cursors", h.cursors());
        number("oldestCursorNanos", h.oldestCursorNanos());
        text("oldestCursorOpenedAt", h.oldestCursorOpenedAt()).number("snapshots", h.snapshots());
        number("oldestSnapshotNanos", h.oldestSnapshotNanos());
        text("oldestSnapshotOpenedAt", h.oldestSnapshotOpenedAt()).close('}');
    }

    private StatisticsJson open(char bracket) {
        out.append(bracket);
        first = true;
        return this;
    }

    private StatisticsJson close(char bracket) {
        out.append(bracket);
        first = false;
        return this;
    }

    private StatisticsJson element() {
        if (!first) {
            out.append(',');
        }
        first = false;
        return this;
    }

    private StatisticsJson name(String name) {
        element();
        quote(name);
        out.append(':');
        return this;
    }

    private StatisticsJson number(String name, long value) {
        name(name);
        out.append(value);
        return this;
    }

    private StatisticsJson decimal(String name, double value) {
        name(name);
        if (Double.isFinite(value)) {
            out.append(Math.round(value * 1000) / 1000.0);
        } else {
            out.append("null");
        }
        return this;
    }

    private StatisticsJson text(String name, @Nullable String value) {
        name(name);
        if (value == null) {
            out.append("null");
        } else {
            quote(value);
        }
        return this;
    }

    private void quote(String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u00").append(Character.forDigit(c >> 4, 16));
                        out.append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
