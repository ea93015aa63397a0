package dev.firn.cli;

import dev.firn.cli.text.EntryFormat;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// The format that a name stands for.
final class FormatName implements ITypeConverter<EntryFormat> {
    @Override
    public EntryFormat convert(String name) {
        return Arrays.stream(EntryFormat.values())
                .filter(format -> format.toString().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "there is no format '" + name + "'; there are " + all()));
    }

    private static String all() {
        return Arrays.stream(EntryFormat.values())
                .map(EntryFormat::toString)
                .collect(Collectors.joining(", "));
    }
}
