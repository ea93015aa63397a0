package dev.firn.cli;

import dev.firn.Options;
import dev.firn.cli.draw.Figures;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A memory budget as one types it: `64m`, `1g`, `1.5GiB`, or bytes.
final class MemorySize implements ITypeConverter<Long> {
    private static final String LEAST =
            (Options.MEMORY_BYTES_MIN >> 20) + " MiB (" + (Options.MEMORY_BYTES_MIN >> 20) + "m)";
    private static final Pattern SIZE =
            Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,6})?) ?([kmgt]?)(?:i?b)?");

    @Override
    public Long convert(String text) {
        Matcher size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is no size; expected one such as 64m, 1g, or a number of"
                            + " bytes, " + LEAST + " or more");
        }
        // Of an empty unit the index is 0.
        int power = " kmgt".indexOf(size.group(2).isEmpty() ? " " : size.group(2));
        double bytes = Double.parseDouble(size.group(1)) * Math.pow(1024, power);
        if (bytes < Options.MEMORY_BYTES_MIN) {
            throw new TypeConversionException(
                    "'" + text + "' is too small; the minimum is " + LEAST);
        }
        if (bytes > Options.MEMORY_BYTES_MAX) {
            throw new TypeConversionException(
                    "'" + text + "' is too large; the maximum is "
                            + Figures.bytes(Options.MEMORY_BYTES_MAX));
        }
        return (long) bytes;
    }
}
