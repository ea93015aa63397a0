package dev.firn.storage;

import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/// Which operations are to fail, and how: those of some kinds on some files are counted from 1 from
/// the moment the rule is added, and the n-th one, or all from the n-th one on, meets the fault.
public record FaultRule(Set<OperationKind> kinds, Pattern names, long nth, boolean sticky,
        Fault fault) {
    /// The n-th operation of a kind.
    public static FaultRule once(OperationKind kind, long nth, Fault fault) {
        return new FaultRule(EnumSet.of(kind), Pattern.compile(".*"), nth, false, fault);
    }

    /// The n-th operation of a kind and all after it.
    public static FaultRule sticky(OperationKind kind, long nth, Fault fault) {
        return new FaultRule(EnumSet.of(kind), Pattern.compile(".*"), nth, true, fault);
    }

    /// The same, for operations of other kinds, counted together.
    public FaultRule of(OperationKind first, OperationKind... more) {
        return new FaultRule(EnumSet.of(first, more), names, nth, sticky, fault);
    }

    /// The same, only for files whose whole name matches. Directory operations have the name "".
    public FaultRule on(String regex) {
        return new FaultRule(kinds, Pattern.compile(regex), nth, sticky, fault);
    }

    boolean concerns(OperationKind kind, String name) {
        return kinds.contains(kind) && names.matcher(name).matches();
    }
}
