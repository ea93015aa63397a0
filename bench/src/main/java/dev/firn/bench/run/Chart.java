package dev.firn.bench.run;

import java.util.List;
import java.util.Locale;

/// A bar chart of ratios as SVG: groups of horizontal bars on a logarithmic axis, from 1 to the
/// right what is faster, to the left what is slower.
final class Chart {
    private static final int LEFT = 130;
    private static final int WIDTH = 620;
    private static final int RIGHT = 60;
    private static final int BAR = 9;
    private static final int GAP = 8;
    private static final List<String> COLORS = List.of("#0b6fa4", "#e07b39", "#7a9e3f", "#8e5aa8",
            "#b23a48", "#4f9da6", "#9c8a3c", "#6b7280", "#c98bb9", "#3d5a80", "#a3b18a", "#bc6c25",
            "#577590");
    private static final double[] MARKS = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50,
        100, 200, 500, 1000};

    private final String title;
    private final List<String> series;
    private final List<Group> groups;
    private final double least;
    private final double most;

    /// One bar for each series; not a number where there is none.
    record Group(String label, List<Double> ratios) {
        Group {
            ratios = List.copyOf(ratios);
        }
    }

    Chart(String title, List<String> series, List<Group> groups) {
        this.title = title;
        this.series = series;
        this.groups = groups;
        double low = 0.5;
        double high = 2;
        for (Group group : groups) {
            for (double ratio : group.ratios) {
                if (ratio > 0) {
                    low = Math.min(low, ratio);
                    high = Math.max(high, ratio);
                }
            }
        }
        least = low / 1.1;
        most = high * 1.1;
    }

    private double x(double ratio) {
        double clamped = Math.clamp(ratio, least, most);
        return LEFT + WIDTH * Math.log(clamped / least) / Math.log(most / least);
    }

    String svg() {
        int legend = 20 * ((series.size() + 3) / 4);
        int top = 40 + legend;
        int groupHeight = series.size() * BAR + GAP;
        int height = top + groups.size() * groupHeight + 30;
        StringBuilder out = new StringBuilder();
        add(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " font-family=\"sans-serif\" font-size=\"11\">", LEFT + WIDTH + RIGHT, height);
        add(out, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
        add(out, "<text x=\"10\" y=\"20\" font-size=\"14\">%s</text>", escaped(title));
        for (int i = 0; i < series.size(); i++) {
            int x = 10 + i % 4 * 195;
            int y = 40 + i / 4 * 20;
            add(out, "<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>", x, y - 9,
                    color(i));
            add(out, "<text x=\"%d\" y=\"%d\">%s</text>", x + 15, y, escaped(series.get(i)));
        }
        int bottom = top + groups.size() * groupHeight;
        for (double mark : MARKS) {
            if (mark > least && mark < most) {
                add(out, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"%s\"/>",
                        x(mark), x(mark), top, bottom, mark == 1 ? "#333" : "#ddd");
                add(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", x(mark),
                        bottom + 15, mark < 1 ? String.valueOf(mark) : String.valueOf((int) mark));
            }
        }
        for (int i = 0; i < groups.size(); i++) {
            group(out, groups.get(i), top + i * groupHeight + GAP / 2);
        }
        return out.append("</svg>\n").toString();
    }

    private void group(StringBuilder out, Group group, int y) {
        add(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", LEFT - 8,
                y + series.size() * BAR / 2 + 4, escaped(group.label));
        for (int i = 0; i < group.ratios.size(); i++) {
            double ratio = group.ratios.get(i);
            if (!(ratio > 0)) {
                continue;
            }
            double from = Math.min(x(1), x(ratio));
            double to = Math.max(x(1), x(ratio));
            add(out, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\">"
                    + "<title>%s, %s: %s</title></rect>",
                    from, y + i * BAR, Math.max(1, to - from), BAR - 1, color(i),
                    escaped(group.label), escaped(series.get(i)), Figures.digits(ratio));
            add(out, "<text x=\"%.1f\" y=\"%d\" font-size=\"8\">%s</text>", to + 3,
                    y + i * BAR + BAR - 2, Figures.digits(ratio));
        }
    }

    private static String color(int index) {
        return COLORS.get(index % COLORS.size());
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private static void add(StringBuilder out, String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
