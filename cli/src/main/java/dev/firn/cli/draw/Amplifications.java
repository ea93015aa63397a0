package dev.firn.cli.draw;

import dev.firn.Statistics.Amplification;

/// The three amplifications in a line. A store that has written nothing since it was opened knows
/// no write amplification.
final class Amplifications {
    private Amplifications() {}

    static String line(Amplification a) {
        String write = a.write() == 0
                ? "– (nothing written since it was opened)"
                : Figures.times(a.write());
        return "amplification: write " + write + " · read "
                + Figures.count(Math.round(a.read()), "place") + " · space "
                + Figures.times(a.space());
    }
}
