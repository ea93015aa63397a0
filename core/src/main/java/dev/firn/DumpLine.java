package dev.firn;

/// A line of what [Firn#dumpFile] tells.
///
/// @param offset what it is about begins here in the file, in bytes; -1 when it has no place
/// @param depth how deep it stands: 0 is the file, records and blocks are 1, what they hold 2
/// @param isDamage whether it tells of bytes that are not those that were written
/// @param text the line, without a line end; keys and values in it are escaped
public record DumpLine(long offset, int depth, boolean isDamage, String text) {
    private static final int OFFSET_COLUMNS = 10;

    /// The line as text: the offset in a column of its own, the rest indented by its depth.
    @Override
    public String toString() {
        String place = offset < 0 ? "" : Long.toString(offset);
        return " ".repeat(Math.max(0, OFFSET_COLUMNS - place.length())) + place
                + "  ".repeat(depth + 1) + (isDamage ? "DAMAGE: " : "") + text;
    }
}
