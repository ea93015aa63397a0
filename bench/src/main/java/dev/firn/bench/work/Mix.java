package dev.firn.bench.work;

import dev.firn.bench.data.Permutation;
import dev.firn.bench.data.Zipfian;
import java.io.IOException;
import java.util.SplittableRandom;

/// One of YCSB's mixtures. Existing entries are chosen by Zipf's law; where entries are inserted
/// and read, the newest are the likeliest.
final class Mix implements Job {
    private static final int SCAN_MAX = 100;

    private final Keys keys;
    private final Shares shares;
    private final Zipfian ranks;
    private final Permutation order;
    private final SplittableRandom random;
    private final boolean isLatest;
    private long entries;
    private long version;

    /// Shares in per cent.
    record Shares(int get, int update, int insert, int scan, int modify) {}

    Mix(Keys keys, Shares shares, Zipfian ranks, Permutation order, long entries,
            SplittableRandom random) {
        this.keys = keys;
        this.shares = shares;
        this.ranks = ranks;
        this.order = order;
        this.entries = entries;
        this.random = random;
        this.isLatest = shares.insert > 0 && shares.get > 0;
    }

    @Override
    public long step() throws IOException {
        int dice = random.nextInt(100);
        if ((dice -= shares.get) < 0) {
            keys.get(number());
        } else if ((dice -= shares.update) < 0) {
            keys.put(number(), ++version);
        } else if ((dice -= shares.insert) < 0) {
            keys.put(entries, 0);
            entries++;
        } else if ((dice -= shares.scan) < 0) {
            keys.scan(number(), 1 + random.nextInt(SCAN_MAX), entries);
        } else {
            long number = number();
            keys.get(number);
            keys.put(number, ++version);
        }
        return 1;
    }

    @Override
    public long userBytes() {
        return keys.userBytes();
    }

    private long number() {
        long rank = ranks.next(random);
        return isLatest ? entries - 1 - rank : order.at(rank);
    }
}
