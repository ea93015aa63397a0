package dev.firn.cli;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// A command line that cannot be understood, in words: what is wrong with it and what was probably
/// meant.
final class Misuse {
    private static final String DASHES = "if it is a key or value, put -- before it";

    private final ParameterException failure;
    private final CommandSpec command;
    private final List<String> given;

    /// What the parser says about the words given.
    Misuse(ParameterException failure, String... given) {
        this.failure = failure;
        command = failure.getCommandLine().getCommandSpec();
        this.given = List.of(given);
    }

    /// The whole line.
    String line() {
        String name = command.qualifiedName();
        return name + ": " + what() + " (see '" + name + " --help')";
    }

    private String what() {
        String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("")
                .replaceAll("is not an? (long|int)$", "is not a whole number");
        return switch (failure) {
            case UnmatchedArgumentException e when e.isUnknownOption() ->
                    unknownOption(e.getUnmatched().getFirst());
            case UnmatchedArgumentException e when command.parent() == null ->
                    unknownCommand(e.getUnmatched().getFirst());
            case UnmatchedArgumentException e ->
                    "unexpected argument '" + e.getUnmatched().getFirst() + "'";
            case MissingParameterException e -> {
                String odd = oddOption();
                yield odd == null ? message : message + "; " + unknownOption(odd);
            }
            default -> message;
        };
    }

    private String unknownCommand(String word) {
        return "unknown command '" + word + "'"
                + nearest(word, FirnCommand.commandNames(command))
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse("");
    }

    private String unknownOption(String word) {
        return "unknown option '" + word + "'; "
                + nearest(nameOf(word), command.optionsMap().keySet())
                        .map(near -> "did you mean '" + near + "'? ")
                        .orElse("")
                + DASHES;
    }

    /// The first word that looks like an option and is none: the parser tells of a missing
    /// parameter first, though this may be what stands in its place.
    private @Nullable String oddOption() {
        for (String word : given) {
            if (word.equals("--")) {
                return null;
            }
            if (word.length() > 1 && word.startsWith("-")
                    && !command.optionsMap().containsKey(nameOf(word))) {
                return word;
            }
        }
        return null;
    }

    private static String nameOf(String word) {
        return word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
    }

    /// The word most like another, if one is much like it.
    private static Optional<String> nearest(String word, Collection<String> words) {
        return words.stream()
                .filter(w -> w.length() > 2 && distance(word, w) <= Math.min(2, w.length() / 2))
                .min(java.util.Comparator.comparingInt(w -> distance(word, w)));
    }

    /// How many characters must be put in, taken out or replaced to make one word of the other.
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
