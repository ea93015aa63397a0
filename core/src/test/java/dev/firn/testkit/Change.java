package dev.firn.testkit;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A change to a source file of Firn, to be compiled beside the real one ([ChangedFirn]).
///
/// @param file its path below `src/main/java/dev/firn`
/// @param edit from the old text to the new
public record Change(String file, UnaryOperator<String> edit) {
    /// Puts one piece of text in the place of another, which must stand there exactly once. How the
    /// white space in it runs does not matter, so a formatter may pass.
    public static Change of(String file, String original, String replacement) {
        Pattern pattern = Pattern.compile(Arrays.stream(original.strip().split("\\s+"))
                .map(Pattern::quote).collect(Collectors.joining("\\s+")));
        return new Change(file, text -> {
            MatchResult[] found = pattern.matcher(text).results().toArray(MatchResult[]::new);
            if (found.length != 1) {
                throw new IllegalStateException(file + " has this " + found.length
                        + " times, not once; has the code moved on?\n" + original);
            }
            return pattern.matcher(text)
                    .replaceFirst(Matcher.quoteReplacement(replacement.strip()));
        });
    }

    /// Replaces whatever a regular expression matches, as often as it does.
    public static Change all(String file, Pattern pattern, String replacement) {
        return new Change(file, text -> pattern.matcher(text).replaceAll(replacement));
    }
}
