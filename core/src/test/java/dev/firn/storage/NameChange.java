package dev.firn.storage;

import java.util.Map;

/// A change of the names in a simulated directory.
sealed interface NameChange {
    void apply(Map<String, SimulatedFile> names);

    /// Whether it concerns a name that the other one concerns too: then their order is fixed.
    default boolean touches(NameChange other) {
        return concerns(other.first()) || concerns(other.second());
    }

    private boolean concerns(String name) {
        return first().equals(name) || second().equals(name);
    }

    String first();

    default String second() {
        return first();
    }

    record Create(String first, SimulatedFile file) implements NameChange {
        @Override
        public void apply(Map<String, SimulatedFile> names) {
            names.put(first, file);
        }

        @Override
        public String toString() {
            return "create " + first;
        }
    }

    record Rename(String first, String second) implements NameChange {
        @Override
        public void apply(Map<String, SimulatedFile> names) {
            names.put(second, names.remove(first));
        }

        @Override
        public String toString() {
            return "rename " + first + " to " + second;
        }
    }

    record Delete(String first) implements NameChange {
        @Override
        public void apply(Map<String, SimulatedFile> names) {
            names.remove(first);
        }

        @Override
        public String toString() {
            return "delete " + first;
        }
    }
}
