package dev.firn;

import dev.firn.testkit.Change;

/// What goes wrong in tables.
enum TableBug implements Bug {
    /// A table is named by the manifest and was never forced.
    TABLE_NOT_FORCED(
            Proof.POWER_LOSS,
            "no footer of a table",
            Change.of(
                    "sstable/BlockSink.java",
                    "flush(); file.force(); file.close();",
                    "flush(); file.close();")),

    /// The checksum of a block is not looked at.
    BLOCK_CHECKSUM_IGNORED(
            Proof.TABLE_DAMAGE,
            "Expecting actual not to be null",
            Change.of(
                    "sstable/BlockEnvelope.java",
                    "return Checksum.matches(crc, a, at, diskLength, at + CHECKSUM, salt);",
                    "return diskLength > 0;")),

    /// A block of another table passes.
    FOREIGN_BLOCK_PASSES(
            Proof.TABLE_BLOCKS,
            "a foreign block at",
            Change.of(
                    "sstable/Checksum.java",
                    "return (int) mix(tableId + mix(offset));",
                    "return (int) mix(mix(offset));")),

    /// A block passes in the place of another one of its table.
    MISDIRECTED_BLOCK_PASSES(
            Proof.TABLE_BLOCKS,
            "block 0 over",
            Change.of(
                    "sstable/Checksum.java",
                    "return (int) mix(tableId + mix(offset));",
                    "return (int) mix(tableId);")),

    /// One table of a store passes for another.
    TABLE_IDENTITY_IGNORED(
            Proof.FOREIGN_TABLES,
            "\"another table\"",
            Change.of(
                    "sstable/Footer.java",
                    "if (found.tableId() != expected.tableId()) {",
                    "if (bytes < 0) {")),

    /// The length that a compressed block declares is believed, and so much memory taken.
    DECLARED_LENGTH_BELIEVED(
            Proof.HOSTILE_TABLES,
            "no room for 2147483647 more bytes",
            Change.of(
                    "sstable/BlockReader.java",
                    "|| raw < 1 || raw > kind.rawMax()",
                    "|| raw < 1")),

    /// The filter says that the last key of a table is not there.
    FILTER_WITHOUT_A_KEY(
            Proof.TABLES,
            "the filter denies a key",
            Change.of(
                    "sstable/FilterBuilder.java",
                    "for (int i = 0; i < count; i++) { filter.add(bits, hashes[i]);",
                    "for (int i = 0; i < count - 1; i++) { filter.add(bits, hashes[i]);")),

    /// The key that separates two blocks is too short: the end of the first is looked for in the
    /// second.
    SEPARATOR_TOO_SHORT(
            Proof.TABLES,
            "a separator is not behind",
            Change.of(
                    "sstable/TableWriter.java",
                    "index.begin(data.stage(), at, common + 1, TRAILER_MAX);",
                    "index.begin(data.stage(), at, common, TRAILER_MAX);")),

    /// A search passes over the entry that it looks for when that is the first of its block.
    SEARCH_PASSES_THE_FIRST(
            Proof.TABLES,
            "is not found by its key",
            Change.of(
                    "sstable/SortedBlock.java",
                    "return inclusive ? order <= 0 : order < 0;",
                    "return order <= 0;")),

    /// The order of versions in a table is taken for the order of their age: the oldest is found.
    OLDEST_VERSION_FOUND(
            Proof.TABLES,
            "is not found by its key",
            Change.of(
                    "sstable/SortedBlock.java",
                    "if (order < 0 || (order == 0 && Long.compareUnsigned(found.trailer, trailer) > 0)) {",
                    "if (order < 0) {")),

    /// A table that cannot be written to its end stays open.
    TABLE_LEFT_OPEN(
            Proof.FAULT_SWEEP_OF_TABLES,
            "left open: [",
            Change.of("sstable/TableWriter.java", "memory.giveAll(); sink.abandon();",
                    "memory.giveAll();")),

    /// Who reads a block does not listen to its checksum.
    DAMAGED_BLOCK_READ(
            Proof.HOSTILE_BITS_OF_TABLES,
            "flipped: wrong value: ",
            Change.of(
                    "sstable/BlockReader.java",
                    "if (!BlockEnvelope.isWhole(s.crc, a, 0, bytes, Checksum.salt(tableId, offset))) {",
                    "if (!BlockEnvelope.isWhole(s.crc, a, 0, bytes, Checksum.salt(tableId, offset)) && raw < 0) {")),

    /// Checksums say nothing of the table and the place.
    SALT_LEFT_OUT(
            Proof.MISPLACED_FILES,
            "verification finds []",
            Change.of(
                    "sstable/Checksum.java",
                    "return (int) mix(tableId + mix(offset));",
                    "return 0;")),

    /// The length that a block declares is believed by a whole store.
    DECLARED_LENGTH_BELIEVED_BY_A_STORE(
            Proof.HOSTILE_NUMBERS,
            "a read failed with OUT_OF_MEMORY",
            Change.of(
                    "sstable/BlockReader.java",
                    "|| raw < 1 || raw > kind.rawMax()",
                    "|| raw < 1"));

    private final Plan plan;

    TableBug(Proof proof, String symptom, Change... changes) {
        this.plan = new Plan(proof, symptom, changes);
    }

    @Override
    public Plan plan() {
        return plan;
    }
}
