package dev.firn.prove;

import java.util.Locale;

/// What attacks count.
public enum Count {
    /// Rounds of attacks.
    ROUNDS,

    /// Operations of users on stores with a model beside them.
    OPERATIONS,

    /// States that a simulated power loss left, opened and compared.
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

    /// Acknowledged records looked for after a crash.
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
