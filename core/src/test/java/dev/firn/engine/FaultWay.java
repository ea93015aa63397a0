package dev.firn.engine;

import dev.firn.storage.Fault;
import dev.firn.storage.OperationKind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The ways in which an operation fails.
enum FaultWay {
    ERROR(new Fault.InputOutputError()),
    ERROR_AFTERWARDS(new Fault.ErrorAfterwards()),
    DISK_FULL(new Fault.DiskFull()),
    SHORT_WRITE(new Fault.ShortWrite(0.5, false)),
    SHORT_WRITE_ALMOST_ALL(new Fault.ShortWrite(0.99, false)),
    DISK_FULL_HALFWAY(new Fault.ShortWrite(0.5, true)),

    /// What the JVM throws when there is no memory, or no stack.
    THROWN(new Fault.Before(() -> {
        throw new OutOfMemoryError("no heap (injected)");
    }));

    private static final Set<OperationKind> CHANGES = EnumSet.of(OperationKind.CREATE,
            OperationKind.WRITE, OperationKind.FORCE, OperationKind.TRUNCATE,
            OperationKind.RENAME, OperationKind.SYNC_DIRECTORY);

    private final Fault fault;

    FaultWay(Fault fault) {
        this.fault = fault;
    }

    Fault fault() {
        return fault;
    }

    static List<FaultWay> of(OperationKind kind) {
        return switch (kind) {
            case WRITE -> List.of(values());
            case CREATE, FORCE, TRUNCATE, RENAME, SYNC_DIRECTORY ->
                    List.of(ERROR, ERROR_AFTERWARDS, DISK_FULL, THROWN);
            default -> List.of(ERROR, THROWN);
        };
    }

    boolean isDiskFull() {
        return this == DISK_FULL || this == DISK_FULL_HALFWAY;
    }

    /// Whether reading may fail of it.
    boolean failsReads(OperationKind kind) {
        return kind == OperationKind.READ || kind == OperationKind.OPEN;
    }

    /// Whether somebody has to hear of it. A file that cannot be deleted stays, which costs space
    /// and nothing else; on a full disk something smaller may do.
    boolean mustBeTold(OperationKind kind) {
        return !isDiskFull() && CHANGES.contains(kind);
    }
}
