package dev.firn.compaction;

import dev.firn.key.Trailer;

/// Which versions of a key a merge keeps. Fed with all versions of a key in the inputs, newest
/// first.
///
/// Readers are the snapshots and everybody later. The snapshots cut the sequence numbers into
/// stripes; every reader sees, of the versions in its stripe and below, the newest.
///
/// ```
/// snapshots            10        20
/// stripe        0      |    1    |    2        (latest readers)
/// versions   3   7         12        25  31
/// kept           x          x            x
/// ```
///
/// - Of several versions in a stripe only the newest is kept: the others are *hidden*.
/// - A tombstone is needed only while it hides something older: a kept version in a lower stripe,
///   or one outside the inputs. In the lowest stripe that is known at once. In a higher one the
///   tombstone is *held* until the next kept version of the key (it goes before it) or the end of
///   the key. Of two tombstones on top of each other the lower one does for both.
/// - At the bottom, where nothing older lies outside, a put that every snapshot sees gets sequence
///   zero.
///
/// One merge, one thread.
public final class VersionFilter {
    /// What becomes of a version.
    public enum Verdict {
        /// It is written.
        KEEP,
        /// It is written with sequence zero.
        KEEP_AS_ZERO,
        /// It is a tombstone that may have to be written later; one held before is not.
        HOLD,
        /// It is left out: a newer version hides it from every reader.
        HIDDEN,
        /// It is left out: a tombstone with nothing below it.
        SPENT
    }

    private static final int NO_STRIPE = -1;

    private final long[] snapshots;
    private final boolean isBottom;
    private int stripe = NO_STRIPE;

    /// A filter.
    ///
    /// @param snapshots the sequences of all snapshots, ascending
    /// @param isBottom whether no older version of any key lies outside the inputs
    public VersionFilter(long[] snapshots, boolean isBottom) {
        this.snapshots = snapshots.clone();
        this.isBottom = isBottom;
    }

    /// The versions of another key follow.
    public void nextKey() {
        stripe = NO_STRIPE;
    }

    /// Judges the next older version of the key.
    ///
    /// @param mayBeOlder whether an older version may lie outside the inputs; asked of tombstones
    ///     only
    public Verdict judge(long trailer, boolean mayBeOlder) {
        int before = stripe;
        int now = stripeOf(Trailer.sequence(trailer));
        if (now == before) {
            return Verdict.HIDDEN;
        }
        stripe = now;
        if (!Trailer.isDelete(trailer)) {
            return isBottom && now == 0 ? Verdict.KEEP_AS_ZERO : Verdict.KEEP;
        }
        if (now > 0) {
            return Verdict.HOLD;
        }
        return mayBeOlder ? Verdict.KEEP : Verdict.SPENT;
    }

    /// How many snapshots do not see the sequence.
    private int stripeOf(long sequence) {
        int low = 0;
        int high = snapshots.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (snapshots[middle] < sequence) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
