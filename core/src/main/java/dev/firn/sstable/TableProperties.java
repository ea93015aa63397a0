package dev.firn.sstable;

import dev.firn.key.Trailer;
import dev.firn.key.UserKey;
import dev.firn.sstable.PropertyList.MalformedException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The content of the properties block: facts for the users of a table, and what its reader needs.
///
/// @param facts what is told
/// @param extent where the blocks are
/// @param filter the filter, or null when there is none
/// @param valueBlocks how many value blocks there are
record TableProperties(TableFacts facts, TableExtent extent, @Nullable Filter filter,
        int valueBlocks) {
    private static final String BLOCKS_DATA = "blocks.data";
    private static final String BLOCKS_FILTER = "blocks.filter";
    private static final String BLOCKS_INDEX = "blocks.index";
    private static final String BLOCKS_VALUE = "blocks.value";
    private static final String CODEC = "codec";
    private static final String COVERS_FIRST = "covers.first";
    private static final String COVERS_FROM = "covers.from";
    private static final String COVERS_LAST = "covers.last";
    private static final String COVERS_TO = "covers.to";
    private static final String CREATED = "created";
    private static final String END_DATA = "end.data";
    private static final String END_INDEX = "end.index";
    private static final String ENGINE = "engine";
    private static final String ENTRIES = "entries";
    private static final String FILTER_KIND = "filter.kind";
    private static final String FILTER_LINES = "filter.lines";
    private static final String FILTER_PROBES = "filter.probes";
    private static final String FLUSHED = "flushed";
    private static final String KEY_BYTES = "key.bytes";
    private static final String KEY_LARGEST = "key.largest";
    private static final String KEY_ORDER = "key.order";
    private static final String KEY_SMALLEST = "key.smallest";
    private static final String KEYSPACE_ID = "keyspace.id";
    private static final String KEYSPACE_NAME = "keyspace.name";
    private static final String SEQUENCE_MAX = "sequence.max";
    private static final String SEQUENCE_MIN = "sequence.min";
    private static final String TOMBSTONES = "tombstones";
    private static final String VALUE_BYTES = "value.bytes";

    private static final Set<String> KNOWN = Set.of(BLOCKS_DATA, BLOCKS_FILTER, BLOCKS_INDEX,
            BLOCKS_VALUE, CODEC, COVERS_FIRST, COVERS_FROM, COVERS_LAST, COVERS_TO, CREATED,
            END_DATA, END_INDEX, ENGINE, ENTRIES, FILTER_KIND, FILTER_LINES, FILTER_PROBES,
            FLUSHED, KEY_BYTES, KEY_LARGEST, KEY_ORDER, KEY_SMALLEST, KEYSPACE_ID, KEYSPACE_NAME,
            SEQUENCE_MAX, SEQUENCE_MIN, TOMBSTONES, VALUE_BYTES);

    private static final String UNSIGNED_BYTES = "unsigned bytes";
    private static final String BLOCKED_BLOOM = "blocked bloom, wyhash final 4";

    /// What this version writes as the engine's name.
    private static final String ENGINE_NAME = "firn 0.1";

    byte[] toBytes() {
        var list = new PropertyList();
        list.put(BLOCKS_DATA, true, extent.dataBlocks());
        list.put(BLOCKS_INDEX, true, extent.indexBlocks());
        list.put(BLOCKS_FILTER, true, filter == null ? 0 : filter.blocks());
        list.put(BLOCKS_VALUE, true, valueBlocks);
        list.put(CODEC, false, facts.codec());
        list.put(CREATED, false, facts.createdMillis());
        list.put(END_DATA, true, extent.dataEnd());
        list.put(END_INDEX, true, extent.indexEnd());
        list.put(ENGINE, false, ENGINE_NAME);
        list.put(ENTRIES, true, facts.entries());
        if (filter != null) {
            list.put(FILTER_KIND, true, BLOCKED_BLOOM);
            list.put(FILTER_LINES, true, filter.lines());
            list.put(FILTER_PROBES, true, filter.probes());
        }
        list.put(KEY_BYTES, true, facts.rawKeyBytes());
        list.put(KEY_LARGEST, true, facts.largest().bytes());
        list.put(KEY_ORDER, true, UNSIGNED_BYTES);
        list.put(KEY_SMALLEST, true, facts.smallest().bytes());
        TableOwner owner = facts.owner();
        if (owner != null) {
            list.put(KEYSPACE_ID, false, owner.id());
            list.put(KEYSPACE_NAME, false, owner.name());
        }
        if (facts.flushed() > 0) {
            list.put(FLUSHED, false, facts.flushed());
        }
        Coverage coverage = facts.coverage();
        if (coverage != null) {
            put(list, coverage);
        }
        list.put(SEQUENCE_MAX, true, facts.sequenceMax());
        list.put(SEQUENCE_MIN, true, facts.sequenceMin());
        list.put(TOMBSTONES, true, facts.tombstones());
        list.put(VALUE_BYTES, true, facts.rawValueBytes());
        return list.toBytes();
    }

    private static void put(PropertyList list, Coverage coverage) {
        list.put(COVERS_FIRST, false, coverage.first());
        list.put(COVERS_LAST, false, coverage.last());
        UserKey from = coverage.from();
        if (from != null) {
            list.put(COVERS_FROM, false, from.bytes());
        }
        UserKey to = coverage.to();
        if (to != null) {
            list.put(COVERS_TO, false, to.bytes());
        }
    }

    /// Reads the properties of a file whose footer is known, and checks that they can be true.
    static TableProperties read(byte[] a, int at, int length, Footer footer)
            throws MalformedException {
        PropertyList list = PropertyList.read(a, at, length, KNOWN);
        if (!list.text(KEY_ORDER, "").equals(UNSIGNED_BYTES)) {
            throw new MalformedException("the order of the keys is not " + UNSIGNED_BYTES);
        }
        // Every block takes an envelope at least, so the file's length bounds their number.
        long blocksMax = footer.fileBytes() / BlockEnvelope.LENGTH;
        TableExtent extent = new TableExtent(list.number(END_DATA), list.number(END_INDEX),
                list.count(BLOCKS_DATA, blocksMax), list.count(BLOCKS_INDEX, blocksMax));
        long filterBlocks = list.count(BLOCKS_FILTER, blocksMax);
        long valueBlocks = list.count(BLOCKS_VALUE, blocksMax);
        if (extent.dataBlocks() + extent.indexBlocks() + filterBlocks + valueBlocks > blocksMax
                || extent.dataBlocks() < 1 || extent.indexBlocks() < 1
                || extent.dataEnd() > extent.indexEnd()) {
            throw new MalformedException("the file is too small for its blocks");
        }
        Filter filter = null;
        if (list.has(FILTER_KIND)) {
            if (!list.text(FILTER_KIND, "").equals(BLOCKED_BLOOM)) {
                throw new MalformedException("the filter is not a " + BLOCKED_BLOOM);
            }
            filter = new Filter(list.number(FILTER_LINES), list.count(FILTER_PROBES, 255));
            if (!filter.isPossible(filterBlocks)) {
                throw new MalformedException("the filter does not fit its blocks");
            }
        } else if (filterBlocks != 0) {
            throw new MalformedException("filter blocks, but no filter");
        }
        long filterBytes = filter == null ? 0 : filter.diskBytes();
        if (footer.topIndexAt() - extent.indexEnd() != filterBytes) {
            throw new MalformedException("the index does not end where the filter begins");
        }
        return new TableProperties(facts(list, footer), extent, filter, (int) valueBlocks);
    }

    /// The keyspace that properties name which nothing vouches for but their checksum, or null.
    static @Nullable TableOwner owner(byte[] a, int at, int length) {
        try {
            return owner(PropertyList.read(a, at, length, KNOWN));
        } catch (MalformedException e) {
            return null;
        }
    }

    /// Nobody needs it to read the table, so one that cannot be right is no damage.
    private static @Nullable TableOwner owner(PropertyList list) {
        try {
            return list.has(KEYSPACE_ID)
                    ? new TableOwner(list.count(KEYSPACE_ID, Integer.MAX_VALUE),
                            list.text(KEYSPACE_NAME, ""))
                    : null;
        } catch (MalformedException e) {
            return null;
        }
    }

    /// Only repairs use it, so what cannot be right is no damage.
    private static long flushed(PropertyList list) {
        try {
            long flushed = list.has(FLUSHED) ? list.number(FLUSHED) : 0;
            return flushed <= Trailer.SEQUENCE_MAX ? flushed : 0;
        } catch (MalformedException e) {
            return 0;
        }
    }

    private static @Nullable Coverage coverage(PropertyList list) {
        try {
            return list.has(COVERS_LAST)
                    ? new Coverage(list.number(COVERS_FIRST), list.number(COVERS_LAST),
                            key(list, COVERS_FROM), key(list, COVERS_TO))
                    : null;
        } catch (MalformedException | IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable UserKey key(PropertyList list, String name)
            throws MalformedException {
        return list.has(name) ? UserKey.owning(list.bytes(name)) : null;
    }

    private static TableFacts facts(PropertyList list, Footer footer) throws MalformedException {
        TableFacts facts = new TableFacts(footer.fileBytes(), list.number(ENTRIES),
                list.number(TOMBSTONES), UserKey.owning(list.bytes(KEY_SMALLEST)),
                UserKey.owning(list.bytes(KEY_LARGEST)), list.number(SEQUENCE_MIN),
                list.number(SEQUENCE_MAX), list.number(KEY_BYTES), list.number(VALUE_BYTES),
                list.has(CREATED) ? list.number(CREATED) : 0, list.text(CODEC, "unknown"),
                owner(list), flushed(list), coverage(list));
        if (facts.entries() < 1 || facts.tombstones() > facts.entries()
                || facts.smallest().compareTo(facts.largest()) > 0
                || facts.sequenceMin() > facts.sequenceMax()
                || facts.sequenceMax() > Trailer.SEQUENCE_MAX) {
            throw new MalformedException("the table's figures contradict each other");
        }
        return facts;
    }
}
