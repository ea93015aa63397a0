package dev.firn.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One command of a script that [TextDriven] runs: a name, arguments, and lines of input.
///
/// An argument is a word, or `key=value`; either may be put in double quotes to hold blanks
/// (`"two words"`, `key="two words"`). Arguments that the handler never asks for fail the test, so
/// that a misspelt one is not silently without effect.
public final class Command {
    private final String place;
    private final String name;
    private final List<String> words = new ArrayList<>();
    private final Map<String, String> named = new LinkedHashMap<>();
    private final Map<String, String> unread = new LinkedHashMap<>();
    private final List<String> input;

    Command(String place, String line, List<String> input) {
        this.place = place;
        this.input = List.copyOf(input);
        List<String> tokens = tokens(line);
        name = tokens.getFirst();
        for (String token : tokens.subList(1, tokens.size())) {
            int equals = token.indexOf('=');
            if (equals <= 0) {
                words.add(token);
                unread.put(token, token);
            } else if (named.put(token.substring(0, equals), token.substring(equals + 1)) != null) {
                throw new AssertionError(place + ": " + token + " is given twice");
            } else {
                unread.put(token.substring(0, equals), token);
            }
        }
    }

    /// File and line, for messages.
    public String place() {
        return place;
    }

    /// The first word of the command line.
    public String name() {
        return name;
    }

    /// The lines between the command line and the `----`.
    public List<String> input() {
        return input;
    }

    /// The arguments without a key, in order.
    public List<String> words() {
        words.forEach(unread::remove);
        return List.copyOf(words);
    }

    /// The argument without a key at an index, which must be there.
    public String word(int index) {
        if (index >= words.size()) {
            throw new AssertionError(place + ": " + name + " needs argument number " + (index + 1));
        }
        unread.remove(words.get(index));
        return words.get(index);
    }

    /// Whether the word stands among the arguments.
    public boolean has(String word) {
        unread.remove(word);
        return words.contains(word) || named.containsKey(word);
    }

    /// The value of `key=value`, which must be there.
    public String get(String key) {
        String value = named.get(key);
        if (value == null) {
            throw new AssertionError(place + ": " + name + " needs " + key + "=");
        }
        unread.remove(key);
        return value;
    }

    /// The value of `key=value`, or `otherwise` when there is none.
    public String get(String key, String otherwise) {
        return named.containsKey(key) ? get(key) : otherwise;
    }

    /// The value of `key=number`, which must be there. `_` may separate digits; `K`, `M`, `G`
    /// behind it multiply by powers of 1,024.
    public long number(String key) {
        String text = get(key).replace("_", "");
        int shift =
                switch (text.isEmpty() ? ' ' : text.charAt(text.length() - 1)) {
                    case 'K' -> 10;
                    case 'M' -> 20;
                    case 'G' -> 30;
                    default -> 0;
                };
        try {
            return Long.parseLong(shift == 0 ? text : text.substring(0, text.length() - 1))
                    << shift;
        } catch (NumberFormatException e) {
            throw new AssertionError(place + ": " + key + "=" + text + " is no number", e);
        }
    }

    /// See [#number(String)]; `otherwise` when it is not there.
    public long number(String key, long otherwise) {
        return named.containsKey(key) ? number(key) : otherwise;
    }

    /// The failure of a handler that does not know the command.
    public AssertionError unknown() {
        return new AssertionError(place + ": there is no command " + name);
    }

    void checkAllRead() {
        if (!unread.isEmpty()) {
            throw new AssertionError(place + ": " + name + " takes no " + unread.values());
        }
    }

    private List<String> tokens(String line) {
        var tokens = new ArrayList<String>();
        var token = new StringBuilder();
        boolean quoted = false;
        boolean begun = false;
        for (char c : line.toCharArray()) {
            if (c == '"') {
                quoted = !quoted;
                begun = true;
            } else if (c == ' ' && !quoted) {
                if (begun) {
                    tokens.add(token.toString());
                    token.setLength(0);
                }
                begun = false;
            } else {
                token.append(c);
                begun = true;
            }
        }
        if (quoted) {
            throw new AssertionError(place + ": a quote is not closed");
        }
        if (begun) {
            tokens.add(token.toString());
        }
        return tokens;
    }
}
