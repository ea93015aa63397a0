package dev.firn.prove;

import java.util.List;

/// An attack and how much of a campaign's time it gets.
///
/// @param weight time compared with that of others; 0 for one that is run once, at the beginning
public record Share(Attack attack, double weight) {
    /// All there are.
    static List<Share> all() {
        return List.of();
    }

    /// Whether one round is all of it.
    boolean isOnce() {
        return weight == 0;
    }
}
