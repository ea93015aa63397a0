package dev.firn.cli;

import dev.firn.Firn;
import dev.firn.Keyspace;
import dev.firn.KeyspaceTree;
import dev.firn.Statistics;
import dev.firn.cli.draw.TreeDrawing;
import dev.firn.cli.draw.Width;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `firn tree`: draws the trees of a store.
@Command(name = "tree", description = "Draws the tree (of one keyspace, or of all that"
        + " hold something).")
final class TreeCommand implements Callable<Integer> {
    private static final int SHOWN_MAX = 20;

    @Mixin
    private StoreTarget target;

    @Option(
            names = "--width",
            paramLabel = "COLUMNS",
            description = "The width, 60 to 200 (default: that of the terminal, else 100).")
    private @Nullable Integer width;

    @Override
    public Integer call() {
        Stdio stdio = target.stdio();
        if (width != null && (width < TreeDrawing.COLUMNS_MIN || width > TreeDrawing.COLUMNS_MAX)) {
            throw CommandFailure.usage("--width must be " + TreeDrawing.COLUMNS_MIN + " to "
                    + TreeDrawing.COLUMNS_MAX + ", not " + width);
        }
        try (Firn store = target.openToRead()) {
            int columns = width == null ? stdio.columns() : width;
            draw(store, target.keyspaceIfNamed(store), columns, stdio);
        }
        return ExitCode.OK;
    }

    /// Draws the tree of a keyspace, or of all that are not empty; the default one if all are.
    static void draw(Firn store, @Nullable Keyspace only, int columns, Stdio stdio) {
        List<KeyspaceTree> all = store.tree();
        Statistics statistics = store.statistics();
        List<KeyspaceTree> trees =
                all.stream()
                        .filter(tree -> only == null
                                ? !isEmpty(tree)
                                : tree.name().equals(only.name()))
                        .toList();
        if (trees.isEmpty()) {
            trees = all.stream().filter(t -> t.name().equals(Firn.DEFAULT_KEYSPACE)).toList();
        }
        String gap = "";
        for (KeyspaceTree tree : trees.subList(0, Math.min(trees.size(), SHOWN_MAX))) {
            stdio.out().print(gap);
            var figures =
                    statistics.keyspaces().stream().filter(k -> k.name().equals(tree.name()))
                            .findFirst();
            TreeDrawing.draw(tree, figures.orElse(null), columns, stdio.paint())
                    .forEach(stdio.out()::println);
            gap = "\n";
        }
        if (trees.stream().anyMatch(tree -> !tree.tables().isEmpty())) {
            stdio.out()
                    .println("  " + stdio.paint().dim(Width.cut(TreeDrawing.LEGEND, columns - 2)));
        }
        if (trees.size() > SHOWN_MAX) {
            stdio.out().println("");
            stdio.out().println("… and " + (trees.size() - SHOWN_MAX) + " more; --keyspace"
                    + " NAME draws one");
        }
    }

    private static boolean isEmpty(KeyspaceTree tree) {
        return tree.tables().isEmpty() && tree.memtables().stream().allMatch(m -> m.entries() == 0);
    }
}
