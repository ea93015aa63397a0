package dev.firn.cli;

import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.Keyspace;
import dev.firn.KeyspaceTree;
import dev.firn.VerifyReport;
import dev.firn.VerifyReport.Damage;
import dev.firn.cli.draw.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `firn verify`: reads every block of every file and checks every checksum and the order of keys.
/// With a keyspace, damage in the tables of others is passed over.
@Command(
        name = "verify",
        description = "Reads every block of every file and checks checksums and order.")
final class VerifyCommand implements Callable<Integer> {
    private static final String WITHOUT_MANIFEST =
            "which tables and logs belong to the store is told by CURRENT and the manifest that it"
                    + " names, so each file was checked by itself only. Put the whole directory"
                    + " back from a copy and keep the damaged one; without a copy, 'firn repair'"
                    + " saves what is whole";

    private static final String ADVICE =
            "; put the whole directory back from a copy, or see with 'firn repair --dry-run' what"
                    + " can be saved";

    @Mixin
    private StoreTarget target;

    @Override
    public Integer call() throws IOException {
        target.requireDirectory();
        Predicate<Damage> concerned = concerned();
        VerifyReport report;
        try (var progress = Progress.of(target.stdio(), "verify", sizeOfFiles(), " MiB", 1 << 20)) {
            report = Firn.verify(target.directory(), progress::at);
        } catch (FirnException e) {
            throw e.kind() == FirnException.Kind.NOT_FOUND ? target.noStore() : e;
        }
        List<Damage> damages = report.damages().stream().filter(concerned).toList();
        if (report.files() > 0) {
            target.stdio().out().println(
                    Figures.count(report.files(), "file") + ", " + Figures.bytes(report.bytes())
                            + ": " + Figures.count(report.blocks(), "block")
                            + (damages.stream().anyMatch(VerifyCommand::isOfManifest)
                                    ? " checked, of each file by itself"
                                    : " and " + Figures.count(report.entries(), "entry")
                                            + " of tables and logs checked"));
        }
        List<Damage> unread = report.unread().stream().filter(concerned).toList();
        if (damages.isEmpty() && unread.isEmpty()) {
            target.stdio().out().println(target.stdio().paint().good("all well"));
            return ExitCode.OK;
        }
        target.stdio().out().flush();
        Stream.concat(damages.stream(), unread.stream()).forEach(
                damage -> target.stdio().err().println("firn verify: " + describe(damage)));
        if (damages.stream().anyMatch(VerifyCommand::isOfManifest)) {
            throw new CommandFailure(Figures.count(damages.size(), "damage") + " found; "
                    + WITHOUT_MANIFEST);
        }
        throw new CommandFailure(Figures.count(damages.size(), "damage") + " found"
                + (damages.isEmpty() ? "" : ADVICE)
                + (unread.isEmpty()
                        ? ""
                        : "; " + Figures.count(unread.size(), "file") + " could not be read, so"
                                + " nothing is known of what is in there: verify as a user who may"
                                + " read every file"));
    }

    private static boolean isOfManifest(Damage damage) {
        return damage.file().equals("CURRENT") || damage.file().startsWith("MANIFEST-");
    }

    private static String describe(Damage damage) {
        String place = damage.offset() < 0 ? "" : " at offset " + damage.offset();
        return damage.file() + place + ": " + damage.what();
    }

    /// Which damages are to be told. The tables of a keyspace are known only to a store that opens.
    private Predicate<Damage> concerned() {
        if (!target.isKeyspaceNamed()) {
            return damage -> true;
        }
        try (Firn store = target.openToRead()) {
            Keyspace keyspace = target.keyspace(store);
            List<String> others =
                    store.tree().stream()
                            .filter(tree -> !tree.name().equals(keyspace.name()))
                            .map(KeyspaceTree::tables)
                            .flatMap(List::stream)
                            .map(table -> String.format("%06d.sst", table.number()))
                            .toList();
            return damage -> !others.contains(damage.file());
        }
    }

    private long sizeOfFiles() throws IOException {
        try (Stream<Path> files = Files.list(target.directory())) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
