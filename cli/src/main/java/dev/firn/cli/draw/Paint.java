package dev.firn.cli.draw;

/// Colours and weights of text on a terminal; without colours the text stays as it is.
public enum Paint {
    /// Leaves text as it is.
    PLAIN,
    /// Adds the escape sequences of ECMA-48, with the 256 colours of xterm.
    COLOURED;

    /// From fresh snow to deep ice: a colour for each level, the last one for all below.
    private static final int[] LEVELS = {195, 159, 117, 75, 39, 33, 27};

    private static final String ESCAPE = "\u001b[";

    /// With colours or without.
    public static Paint of(boolean coloured) {
        return coloured ? COLOURED : PLAIN;
    }

    /// Heavy.
    public String bold(String text) {
        return wrap("1", text);
    }

    /// Receding.
    public String dim(String text) {
        return wrap("2", text);
    }

    /// For what went well.
    public String good(String text) {
        return wrap("32", text);
    }

    /// For what is wrong.
    public String bad(String text) {
        return wrap("31", text);
    }

    /// For what is still soft: memtables.
    public String warm(String text) {
        return wrap("33", text);
    }

    /// The colour of a level.
    public String level(int level, String text) {
        return wrap("38;5;" + LEVELS[Math.clamp(level, 0, LEVELS.length - 1)], text);
    }

    private String wrap(String code, String text) {
        return this == PLAIN || text.isEmpty() ? text : ESCAPE + code + "m" + text + ESCAPE + "0m";
    }
}
