package dev.firn.cli.demo;

import dev.firn.Firn;
import dev.firn.Keyspace;
import dev.firn.cli.Stdio;
import dev.firn.cli.draw.Figures;
import dev.firn.cli.draw.StatisticsReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The demonstration: a store at work on the class library of the running JDK. Every figure it
/// tells is taken from the store at that moment, and what it claims it checks.
public final class Demo {
    private final DemoSettings settings;
    private final Narrator narrator;
    private final String keyspaceName;

    /// A demonstration that tells to a terminal or a pipe, in a keyspace of a name.
    public Demo(DemoSettings settings, Stdio stdio, String keyspaceName) {
        this.settings = settings;
        this.keyspaceName = keyspaceName;
        narrator = new Narrator(stdio);
    }

    /// Runs it in a directory, or in a temporary one.
    public void run(@Nullable Path named) throws IOException {
        long start = System.nanoTime();
        try (var directory = DemoDirectory.of(named)) {
            play(directory.path());
            narrator.gap();
            String end = "That was Firn, in " + Figures.time(System.nanoTime() - start) + ". ";
            narrator.say(
                    directory.isTemporary()
                            ? end + "The store is deleted now; 'firn demo DIR' keeps it, to look"
                                    + " around with 'firn shell'"
                                    + " or 'firn tree'. 'firn demo --tiny' plays the"
                                    + " textbook with twelve keys."
                            : end + "The store is in " + named + ": try 'firn tree " + named
                                    + "' or 'firn scan " + named
                                    + " --prefix java/lang/ --keys-only'.");
        }
    }

    private void play(Path directory) throws IOException {
        var events = new EventLog();
        List<ClassLibrary.Item> items = ClassLibrary.items(settings.wanted());
        narrator.say(
                "Firn is an ordered key-value store, a log-structured merge tree in pure Java."
                        + " You will see one at"
                        + " work on data that this machine has: the class library inside its JDK, "
                        + Figures.count(items.size())
                        + " files. Key: the path of a file; value: its"
                        + " bytes. The store lies in "
                        + directory + ", with a memory budget of "
                        + Figures.bytes(settings.memoryBytes())
                        + " and, so that much happens, memtables of no more than "
                        + Figures.bytes(settings.memtableBytes()) + ".");
        try (Firn store = Firn.open(directory, settings.options(events))) {
            store.keyspace(DemoDirectory.MARK);
            Keyspace keyspace = store.keyspace(keyspaceName);
            new FillScenes(store, keyspace, events, narrator).play(items);
            new ReadScenes(store, keyspace, narrator).play(items);
            new ChangeScenes(store, keyspace, events, narrator).play();
        }
        var crash = new CrashScene(directory, settings, narrator);
        crash.play();
        try (Firn store = Firn.open(directory, settings.options(event -> {}))) {
            crash.check(store);
            narrator.scene("The figures");
            narrator.say("The statistics of the store since it was opened again, as 'firn"
                    + " stats' prints them:");
            narrator.gap();
            narrator.show(StatisticsReport.of(store.statistics(), narrator.paint()));
        }
    }
}
