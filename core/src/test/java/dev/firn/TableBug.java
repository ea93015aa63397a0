package dev.firn;

import dev.firn.testkit.Change;

/// What goes wrong in tables.
enum TableBug implements Bug {
    /// A table is named by the manifest and was never forced.
    TABLE_NOT_FORCED(
            Proof.CRASHES,
            "prove.Violation",
            Change.of(
                    "sstable/BlockSink.java",
                    "flush(); file.force(); file.close();",
                    "flush(); file.close();")),

    /// The checksum of a block is not looked at.
    BLOCK_CHECKSUM_IGNORED(
            Proof.TABLE_DAMAGE,
            "everyBitFlipIsReported",
            Change.of(
                    "sstable/BlockEnvelope.java",
                    "return Checksum.matches(crc, a, at, diskLength, at + CHECKSUM, salt);",
                    "return diskLength > 0;")),

    /// A block of another table passes.
    FOREIGN_BLOCK_PASSES(
            Proof.TABLE_BLOCKS,
            "blocksInAnotherPlaceAreReported",
            Change.of(
                    "sstable/Checksum.java",
                    "return (int) mix(tableId + mix(offset));",
                    "return (int) mix(mix(offset));")),

    /// A block passes in the place of another one of its table.
    MISDIRECTED_BLOCK_PASSES(
            Proof.TABLE_BLOCKS,
            "blocksInAnotherPlaceAreReported",
            Change.of(
                    "sstable/Checksum.java",
                    "return (int) mix(tableId + mix(offset));",
                    "return (int) mix(tableId);")),

    /// One table of a store passes for another.
    TABLE_IDENTITY_IGNORED(
            Proof.FOREIGN_TABLES,
            "tablesOfOthersAreRefused",
            Change.of(
                    "sstable/Footer.java",
                    "if (found.tableId() != expected.tableId()) {",
                    "if (bytes < 0) {")),

    /// The length that a compressed block declares is believed, and so much memory taken.
    DECLARED_LENGTH_BELIEVED(
            Proof.HOSTILE_TABLES,
            "HostileTableTest",
            Change.of(
                    "sstable/BlockReader.java",
                    "|| raw < 1 || raw > kind.rawMax()",
                    "|| raw < 1")),

    /// The filter says that the last key of a table is not there.
    FILTER_WITHOUT_A_KEY(
            Proof.TABLES,
            "TableModelTest",
            Change.of(
                    "sstable/FilterBuilder.java",
                    "for (int i = 0; i < count; i++) { filter.add(bits, hashes[i]);",
                    "for (int i = 0; i < count - 1; i++) { filter.add(bits, hashes[i]);")),

    /// The key that separates two blocks is too short: the end of the first is looked for in the
    /// second.
    SEPARATOR_TOO_SHORT(
            Proof.TABLES,
            "TableModelTest",
            Change.of(
                    "sstable/TableWriter.java",
                    "index.begin(data.stage(), at, common + 1, TRAILER_MAX);",
                    "index.begin(data.stage(), at, common, TRAILER_MAX);")),

    /// A search passes over the entry that it looks for when that is the first of its block.
    SEARCH_PASSES_THE_FIRST(
            Proof.TABLES,
            "TableModelTest",
            Change.of(
                    "sstable/SortedBlock.java",
                    "return inclusive ? order <= 0 : order < 0;",
                    "return order <= 0;")),

    /// The order of versions in a table is taken for the order of their age: the oldest is found.
    OLDEST_VERSION_FOUND(
            Proof.TABLES,
            "TableModelTest",
            Change.of(
                    "sstable/SortedBlock.java",
                    "if (order < 0 || (order == 0 && Long.compareUnsigned(found.trailer, trailer) > 0)) {",
                    "if (order < 0) {"));

    private final Plan plan;

    TableBug(Proof proof, String symptom, Change... changes) {
        this.plan = new Plan(proof, symptom, changes);
    }

    @Override
    public Plan plan() {
        return plan;
    }
}
