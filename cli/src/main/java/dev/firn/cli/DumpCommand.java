package dev.firn.cli;

import dev.firn.Cursor;
import dev.firn.Firn;
import dev.firn.KeyRange;
import dev.firn.cli.text.EntryFormat;
import dev.firn.cli.text.EntryWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `firn dump`: prints all entries in a format that `load` reads back.
@Command(name = "dump", description = "Prints all entries in a format that load reads back.")
final class DumpCommand implements Callable<Integer> {
    @Mixin
    private StoreTarget target;

    @Option(
            names = "--format",
            paramLabel = "tsv|csv|jsonl|lines",
            converter = FormatName.class,
            defaultValue = "tsv",
            description = "How entries are written (default: tsv).")
    private EntryFormat format;

    @Override
    public Integer call() {
        try (Firn store = target.openToRead();
                Cursor cursor = target.keyspace(store).scan(KeyRange.all())) {
            EntryWriter writer = format.writer(target.stdio().out());
            while (cursor.next()) {
                writer.write(cursor.key(), cursor.value());
            }
        }
        return ExitCode.OK;
    }
}
