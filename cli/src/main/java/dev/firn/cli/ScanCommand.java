package dev.firn.cli;

import dev.firn.Firn;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `firn scan`: prints the entries of a range.
@Command(name = "scan", description = "Prints the entries of a range of keys, a line each.")
final class ScanCommand implements Callable<Integer> {
    @Mixin
    private StoreTarget target;
    @Mixin
    private ScanOptions scan;

    @Override
    public Integer call() {
        scan.check();
        try (Firn store = target.openToRead()) {
            scan.print(target.keyspace(store), target.stdio());
        }
        return ExitCode.OK;
    }
}
