package dev.firn.compaction;

/// Which share of the puts replaces an entry of the base: a load of new keys needs no
/// merging for the sake of space, overwriting does.
///
/// Fed by samples: at a flush, some of its keys are looked up in the filters of the base. (What
/// merges drop would come too late: by the time a sweep begins, the space is gone.) Guarded by its
/// owner.
public final class ShadowEstimate {
    private static final double WEIGHT = 0.5;

    private double share = -1;

    /// Takes the sample of a flush into account.
    ///
    /// @param asked how many keys were looked up
    /// @param found how many of them the base may hold
    public void add(long asked, long found) {
        if (asked > 0) {
            double seen = Math.clamp((double) found / asked, 0, 1);
            // Believed at once when it rises, slowly when it falls: space first.
            share = seen >= share ? seen : share + WEIGHT * (seen - share);
        }
    }

    /// The share now, 0 to 1, or negative when nothing is known yet.
    public double share() {
        return share;
    }
}
