package dev.firn.prove;

import java.util.Locale;

/// What attacks count.
public enum Count {
    /// Rounds of attacks.
    ROUNDS,

    /// Operations of users on stores with a model beside them.
    OPERATIONS,

    /// States that a crash left on simulated storage, opened and compared: a loss of power or the
    /// death of the process, also while such a state recovered.
    STATES,

    /// Operations on files that were made to fail.
    FAULTS,

    /// Damaged, swapped, missing or foreign files, opened.
    DAMAGES,

    /// Inputs that a fuzzer gave to decoders.
    FUZZ_EXECUTIONS,

    /// Processes killed.
    KILLS,

    /// Power cuts of real file systems.
    POWER_CUTS,

    /// Interrupts of threads inside calls.
    INTERRUPTS,

    /// Entries of stores that were compared with what had to be there after a crash or reopening.
    RECORDS_CHECKED,

    /// Mistakes planted in the code.
    BUGS_PLANTED,

    /// Those of them that were noticed.
    BUGS_CAUGHT;

    /// For a table's head.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
