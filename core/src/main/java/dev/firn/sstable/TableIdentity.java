package dev.firn.sstable;

/// Which table of which store a file is. Both numbers stand in the footer, and the table's id salts
/// every checksum in the file, so a file or block that belongs elsewhere is never taken for the
/// table's own.
///
/// @param storeId the random number of the store
/// @param tableId the number of the table, which the manifest records
public record TableIdentity(long storeId, long tableId) {
    /// The identity of a new table, from its store and the number of its file.
    public static TableIdentity of(long storeId, long fileNumber) {
        return new TableIdentity(storeId, Checksum.mix(storeId + Checksum.mix(fileNumber)));
    }
}
