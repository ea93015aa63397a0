package dev.firn.bench.run;

import dev.firn.bench.data.KeyShape;
import java.util.Locale;

/// The data that stores hold and the memory they get.
///
/// @param name its name on the command line and in tables
/// @param entries how many entries a filled store has
/// @param keys what keys look like
/// @param valueBytes the length of each value
/// @param budgetBytes the memory for caches
public record Scenario(
        String name, long entries, KeyShape keys, int valueBytes, long budgetBytes) {

    Scenario withEntries(long entries) {
        return new Scenario(name, entries, keys, valueBytes, budgetBytes);
    }

    String description() {
        return String.format(Locale.ROOT,
                "%,d entries, keys %s, values of %,d bytes, %,d MiB of memory", entries,
                switch (keys) {
                    case DB -> "of 16 bytes";
                    case TEXT -> "of 36 bytes of text with a shared prefix of 20";
                    case USER -> "as YCSB's (user…)";
                }, valueBytes, budgetBytes >> 20);
    }
}
