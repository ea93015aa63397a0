package dev.firn.prove;

/// One way to attack a store: power loss, faults, damage, kills. A test runs some rounds of it, a
/// [Campaign] as many as there is time for.
public interface Attack {
    /// A few words for reports, in lower case.
    String name();

    /// One round, of some seconds at most, which the seed decides as far as that is possible.
    ///
    /// @param seed the round's; any number
    /// @param tally where it counts what it did
    /// @throws Violation when the store broke a promise; anything else that is thrown counts as one
    ///         too
    /// @throws org.opentest4j.TestAbortedException when this machine cannot run it, with the reason
    void round(long seed, Tally tally) throws Exception;
}
