package dev.firn.cli.shell;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The commands of the shell. Those with a letter are also the language of the LSM course project.
enum ShellCommand {
    PUT("put", "p", "KEY VALUE", 2, 2, "set the value of a key"),
    GET("get", "g", "KEY", 1, 1, "print the value of a key; an empty line when there is none"),
    RANGE("range", "r", "A B", 2, 2, "print the entries from A up to, not including, B"),
    DELETE("delete", "d", "KEY", 1, 1, "delete a key"),
    LOAD("load", "l", "\"FILE\"", 1, 1, "load a file: .tsv .csv .jsonl, .dat or .bin"
            + " (pairs of integers), else lines"),
    STATS("stats", "s", "", 0, 0, "print the figures of the store"),
    SCAN("scan", null, "[OPTIONS]", 0, 99, "print entries; the options are those of 'firn scan'"),
    DUMP("dump", null, "[tsv|csv|jsonl|lines]", 0, 1, "print all entries"),
    EXPLAIN("explain", null, "KEY", 1, 1, "print which places a read of the key consults"),
    TREE("tree", null, "", 0, 0, "draw the tree"),
    FLUSH("flush", null, "", 0, 0, "write the memtables of all keyspaces to tables"),
    COMPACT("compact", null, "", 0, 0, "merge the tables down to one run"),
    KEYSPACES("keyspaces", null, "", 0, 0, "print the names of the keyspaces"),
    USE("use", null, "NAME", 1, 1, "work on another keyspace, created if need be"),
    HELP("help", null, "", 0, 0, "print this"),
    QUIT("quit", null, "", 0, 0, "end (also: exit, or the end of the input)");

    private final String word;
    private final @Nullable String letter;
    private final String arguments;
    private final int least;
    private final int most;
    private final String purpose;

    ShellCommand(
            String word, @Nullable String letter, String arguments, int least, int most,
            String purpose) {
        this.word = word;
        this.letter = letter;
        this.arguments = arguments;
        this.least = least;
        this.most = most;
        this.purpose = purpose;
    }

    /// The command of a name or letter, given that many arguments.
    static ShellCommand of(String name, int given) throws ShellException {
        for (ShellCommand command : values()) {
            if (name.equals(command.word) || name.equals(command.letter)) {
                if (given < command.least || given > command.most) {
                    throw new ShellException(
                            "expected: " + (name + " " + command.arguments).strip());
                }
                return command;
            }
        }
        if (name.equals("exit")) {
            return QUIT;
        }
        throw new ShellException(
                "no command '" + name + "'; there are "
                        + String.join(", ", Arrays.stream(values()).map(c -> c.word).toList()));
    }

    String word() {
        return word;
    }

    @Nullable
    String letter() {
        return letter;
    }

    String arguments() {
        return arguments;
    }

    String purpose() {
        return purpose;
    }

    /// Everything that may stand first in a line.
    static List<String> firstWords() {
        return Arrays.stream(values()).map(ShellCommand::word).toList();
    }
}
