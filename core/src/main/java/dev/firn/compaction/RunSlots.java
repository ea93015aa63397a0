package dev.firn.compaction;

/// How far down a merge of the newest runs should reach, when only so many runs may exist.
///
/// A stack of at most `k` resting runs takes most flushes for the least rewriting when its merges
/// follow the binomial coefficients (Mathieu, Staelin, Young, Yousefi: Bigtable merge compaction,
/// 2014): `C(t + k, k) - 1` flushes rest in `k` runs with every flush merged at most `t` times.
/// Read the other way round, a run of a size has been rewritten about `t` times, and is due again
/// when what has come on top fills the runs above it as far as `t + 1` rewrites go. That depends on
/// sizes only, so the version is all the memory it needs, and nobody has to know in advance how
/// much will be written.
final class RunSlots {
    private static final int REWRITES_MAX = 1000;

    private RunSlots() {}

    /// How many flushes rest in `runs` runs when each is merged at most `rewrites` times.
    static double capacity(int rewrites, int runs) {
        double product = 1;
        for (int i = 1; i <= runs; i++) {
            product = product * (rewrites + i) / i;
        }
        return product - 1;
    }

    /// How often the oldest of `slots` resting runs has been rewritten, judged by its size.
    static int rewrites(double flushes, int slots) {
        int t = 0;
        while (t < REWRITES_MAX && capacity(t + 1, slots) <= flushes) {
            t++;
        }
        return t;
    }

    /// Whether a run is due to be merged with everything newer.
    ///
    /// @param flushes its size, in flushes
    /// @param newerFlushes the size of everything newer
    /// @param slots how many resting runs there may be from this one up to the newest, itself
    ///     included
    static boolean isDue(double flushes, double newerFlushes, int slots) {
        if (slots <= 1) {
            return true;
        }
        return newerFlushes >= capacity(rewrites(flushes, slots) + 1, slots - 1) + 1;
    }
}
