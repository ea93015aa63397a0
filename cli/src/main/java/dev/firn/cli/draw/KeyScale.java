package dev.firn.cli.draw;

import dev.firn.KeyBytes;
import dev.firn.TableInfo;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Where keys lie on an axis from 0 to 1. The axis runs by share of the data, not by the bytes of
/// the keys: so tables are as wide as they are big, whatever the keys look like, and stretches
/// without data take no room.
///
/// The bounds of all tables cut the key space into intervals. Each table spreads its bytes over the
/// intervals it covers, in proportion to the distance between their ends, and an interval is as
/// long as the bytes it was given. The distance of two keys is that of the eight bytes behind what
/// all bounds have in common; a table whose bounds do not differ there spreads its bytes evenly.
final class KeyScale {
    private final KeyBytes[] bounds;
    private final double[] positions;

    private KeyScale(KeyBytes[] bounds, double[] positions) {
        this.bounds = bounds;
        this.positions = positions;
    }

    static KeyScale of(List<TableInfo> tables) {
        KeyBytes[] bounds = tables.stream()
                .flatMap(table -> Stream.of(table.smallest(), table.largest())).sorted().distinct()
                .toArray(KeyBytes[]::new);
        double[] numbers = numbers(bounds);
        // By how much the bytes per unit of distance, and those per interval, change at each bound.
        var byDistance = new double[bounds.length + 1];
        var byInterval = new double[bounds.length + 1];
        for (TableInfo table : tables) {
            int from = rank(bounds, table.smallest());
            int to = rank(bounds, table.largest());
            if (to > from) {
                double distance = numbers[to] - numbers[from];
                double[] change = distance > 0 ? byDistance : byInterval;
                double share = Math.max(table.bytes(), 1) / (distance > 0 ? distance : to - from);
                change[from] += share;
                change[to] -= share;
            }
        }
        return new KeyScale(bounds, positions(numbers, byDistance, byInterval));
    }

    /// Sums up from bound to bound, and scales to 1.
    private static double[] positions(double[] numbers, double[] byDistance, double[] byInterval) {
        var positions = new double[numbers.length];
        double perDistance = 0;
        double perInterval = 0;
        for (int i = 1; i < numbers.length; i++) {
            perDistance += byDistance[i - 1];
            perInterval += byInterval[i - 1];
            double bytes = perDistance * (numbers[i] - numbers[i - 1]) + perInterval;
            // The sums may end a little below zero.
            positions[i] = positions[i - 1] + Math.max(bytes, 0);
        }
        double all = positions.length == 0 ? 0 : positions[positions.length - 1];
        for (int i = 0; i < positions.length && all > 0; i++) {
            positions[i] /= all;
        }
        return positions;
    }

    private static double[] numbers(KeyBytes[] bounds) {
        if (bounds.length == 0) {
            return new double[0];
        }
        byte[] first = bounds[0].toArray();
        byte[] last = bounds[bounds.length - 1].toArray();
        // What the first and the last have in common, all between have too.
        int common = Math.max(0, Arrays.mismatch(first, last));
        var numbers = new double[bounds.length];
        for (int i = 0; i < bounds.length; i++) {
            byte[] key = bounds[i].toArray();
            double number = 0;
            for (int at = common; at < common + 8; at++) {
                number = number * 256 + (at < key.length ? key[at] & 0xff : 0);
            }
            numbers[i] = number;
        }
        return numbers;
    }

    /// Whether there is nothing to scale: no table has more than one key.
    boolean isPoint() {
        return positions.length == 0 || positions[positions.length - 1] == 0;
    }

    /// Where a bound of a table lies, 0 to 1.
    double position(KeyBytes bound) {
        return positions[rank(bounds, bound)];
    }

    private static int rank(KeyBytes[] bounds, KeyBytes key) {
        int found = Arrays.binarySearch(bounds, key);
        return found >= 0 ? found : Math.min(-found - 1, bounds.length - 1);
    }
}
