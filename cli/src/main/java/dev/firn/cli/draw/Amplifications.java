package dev.firn.cli.draw;

import dev.firn.Statistics.Amplification;
import java.util.List;

/// The three amplifications. Those of reads and of space are the tree's, whoever opened it; that of
/// writes is counted from the opening of the store, and there is none before something is written.
final class Amplifications {
    private Amplifications() {}

    static List<String> lines(Amplification a) {
        return List.of(
                "  amplification: read " + Figures.count(Math.round(a.read()), "place")
                        + " · space " + Figures.times(a.space()),
                "                 write "
                        + (a.write() == 0
                                ? "– (nothing since it was opened)"
                                : Figures.times(a.write()) + " since it was opened"));
    }
}
