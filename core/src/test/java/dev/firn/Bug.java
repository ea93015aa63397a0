package dev.firn;

import dev.firn.testkit.Change;
import java.util.List;

/// A mistake that somebody might make in Firn, and the test that notices it. Implemented by enums,
/// one for each part of Firn; a constant's comment says what is wrong, and goes into the table of
/// [BugTable].
interface Bug {
    /// How a bug is planted and noticed.
    ///
    /// @param proof the test that has to fail
    /// @param symptom what its failure says
    /// @param changes to the source text of Firn
    record Plan(Proof proof, String symptom, List<Change> changes) {
        Plan(Proof proof, String symptom, Change... changes) {
            this(proof, symptom, List.of(changes));
        }
    }

    /// The constant's name.
    String name();

    /// How it is planted and noticed.
    Plan plan();
}
