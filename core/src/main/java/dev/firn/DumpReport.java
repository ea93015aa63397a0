package dev.firn;

/// What [Firn#dumpFile] found in all.
///
/// @param kind what sort of file it was taken for, such as `table`
/// @param bytes its size
/// @param damages how many of the lines told of damage
public record DumpReport(String kind, long bytes, long damages) {
    /// Whether nothing is wrong.
    public boolean isSound() {
        return damages == 0;
    }
}
