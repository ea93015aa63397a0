package dev.firn.sstable;

import dev.firn.FirnException;
import dev.firn.cache.BlockCache;
import dev.firn.dump.DumpWriter;
import dev.firn.dump.Printable;
import dev.firn.key.UserKey;
import dev.firn.sstable.PropertyList.MalformedException;
import dev.firn.storage.CorruptException;
import dev.firn.storage.ReadFile;
import dev.firn.util.ChunkPool;
import dev.firn.util.MemoryBudget;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells what a table holds, also one that is damaged or cut off: footer and properties, then every
/// block in the order of the file. At last, if it can be opened at all, it is verified as the
/// engine does it, and damage that was not seen before is told. One thread.
public final class TableScan {
    private static final long MEMORY = 64L << 20;
    private static final int CHUNK = 256 << 10;

    private final ReadFile file;
    private final List<TableIdentity> expected;
    private final DumpWriter out;

    /// Of an open file, which stays open.
    ///
    /// @param expected what table it may be, the most likely first; none when nobody knows
    public TableScan(ReadFile file, List<TableIdentity> expected, DumpWriter out) {
        this.file = file;
        this.expected = List.copyOf(expected);
        this.out = out;
    }

    /// Whether the file ends like a table.
    public static boolean hasFooter(ReadFile file) throws IOException {
        byte[] a = end(file);
        return a != null && Footer.isLikely(a);
    }

    private static byte @Nullable [] end(ReadFile file) throws IOException {
        if (file.bytes() < Footer.LENGTH) {
            return null;
        }
        byte[] a = new byte[Footer.LENGTH];
        file.copy(file.bytes() - Footer.LENGTH, MemorySegment.ofArray(a), 0, a.length);
        return a;
    }

    /// Tells it all.
    ///
    /// @param isNamed whether the first identity expected is certain
    public void run(boolean isNamed) throws IOException {
        var budget = new MemoryBudget(MEMORY);
        try (var pool = new ChunkPool(budget, CHUNK);
                var cache = new BlockCache(pool, MEMORY);
                var buffers = new BufferPool(pool, 1 << 20);
                var scratch = new ReadScratch(buffers, new ReadCounters())) {
            Footer footer = footer(scratch, isNamed);
            TableIdentity identity = footer == null ? likely(scratch) : footer.identity();
            if (identity == null) {
                out.note(0, "the table's id is not known: no checksum can be checked; put CURRENT"
                        + " and the manifest beside the file");
            }
            var reader = new BlockReader(file, identity == null ? 0 : identity.tableId(),
                    new Codecs());
            TableProperties properties = footer == null
                    ? null
                    : properties(reader, footer, scratch);
            try (var words = new BlockWords(reader, properties, file.bytes(), scratch, buffers,
                    out)) {
                var starts = new BlockStarts(reader, footer, properties, scratch, buffers);
                new BlockWalk(file, identity, starts.find(), end(footer), words, scratch, out)
                        .run();
            }
            if (footer != null) {
                verify(footer.identity(), cache, pool, buffers, scratch);
            }
        }
    }

    /// Where blocks cannot be any more.
    private long end(@Nullable Footer footer) throws IOException {
        return footer != null || hasFooter(file) ? file.bytes() - Footer.LENGTH : file.bytes();
    }

    private @Nullable Footer footer(ReadScratch s, boolean isNamed) throws IOException {
        byte[] a = end(file);
        if (a == null) {
            out.damage(0, 0, "a file of " + file.bytes() + " bytes is too short for a table");
            return null;
        }
        long at = file.bytes() - Footer.LENGTH;
        Footer footer;
        try {
            footer = Footer.read(s.crc, a, file.name(), file.bytes(), Footer.identity(a));
        } catch (CorruptException e) {
            out.damage(0, e);
            return null;
        }
        TableIdentity found = footer.identity();
        out.line(at, 0, "footer: version " + TableFormat.VERSION + ", store "
                + hex(found.storeId()) + ", table id " + hex(found.tableId()) + ", file of "
                + footer.fileBytes() + " bytes, top index at " + footer.topIndexAt() + " ("
                + footer.topIndexBytes() + " bytes), properties at " + footer.propertiesAt() + " ("
                + footer.propertiesBytes() + " bytes), checksum ok");
        if (!expected.isEmpty() && !found.equals(expected.getFirst())) {
            compare(at, found, isNamed);
        }
        return footer;
    }

    private void compare(long at, TableIdentity found, boolean isNamed) {
        TableIdentity known = expected.getFirst();
        if (found.storeId() != known.storeId()) {
            out.damage(at, 0, "a table of store " + hex(found.storeId()) + ", not "
                    + hex(known.storeId()) + " as CURRENT beside it says");
        } else if (isNamed) {
            out.damage(at, 0, "another table of the store: id " + hex(found.tableId()) + ", not "
                    + hex(known.tableId()) + " as the manifest says");
        } else {
            out.note(0, "a new table of this name would have the id " + hex(known.tableId()));
        }
    }

    /// The identity with which to check blocks when the footer does not tell.
    private @Nullable TableIdentity likely(ReadScratch s) throws IOException {
        var candidates = new ArrayList<>(expected);
        byte[] a = end(file);
        if (a != null && Footer.isLikely(a)) {
            candidates.add(Footer.identity(a));
        }
        for (TableIdentity candidate : candidates) {
            if (BlockWalk.isWhole(file, candidate, 0, file.bytes(), s)) {
                return candidate;
            }
        }
        return candidates.isEmpty() ? null : candidates.getFirst();
    }

    private @Nullable TableProperties properties(BlockReader reader, Footer footer,
            ReadScratch s) throws IOException {
        long at = footer.propertiesAt();
        try {
            reader.read(at, footer.propertiesBytes(), BlockKind.PROPERTIES, s);
            TableProperties properties = TableProperties.read(s.raw, s.rawAt, s.rawLength, footer);
            tell(at, properties);
            return properties;
        } catch (CorruptException e) {
            // Told when the block has its turn.
            out.note(0, "the properties cannot be read");
        } catch (MalformedException e) {
            out.damage(at, 0, String.valueOf(e.getMessage()));
        } catch (FirnException e) {
            out.damage(at, 0, "the properties need too much memory: " + e.getMessage());
        }
        return null;
    }

    private void tell(long at, TableProperties properties) {
        TableFacts facts = properties.facts();
        TableExtent extent = properties.extent();
        Filter filter = properties.filter();
        out.line(at, 0, "properties: " + facts.entries() + " entries, " + facts.tombstones()
                + " of them tombstones, sequences " + facts.sequenceMin() + " to "
                + facts.sequenceMax() + ", keys of " + facts.rawKeyBytes()
                + " bytes and values of " + facts.rawValueBytes() + " in all, codec "
                + Printable.text(facts.codec().getBytes(StandardCharsets.UTF_8))
                + ", created " + facts.createdMillis() + " ms since 1970");
        out.note(1, "smallest " + key(facts.smallest()));
        out.note(1, "largest " + key(facts.largest()));
        TableOwner owner = facts.owner();
        if (owner != null) {
            out.note(1, "written for keyspace " + owner.id() + ", "
                    + Printable.text(owner.name().getBytes(StandardCharsets.UTF_8)));
        }
        if (facts.flushed() > 0) {
            out.note(1, "when it was written, the keyspace was in tables up to sequence "
                    + facts.flushed());
        }
        Coverage coverage = facts.coverage();
        if (coverage != null) {
            note(coverage);
        }
        out.note(1, extent.dataBlocks() + " data blocks and " + properties.valueBlocks()
                + " value blocks up to " + extent.dataEnd() + ", " + extent.indexBlocks()
                + " index blocks up to " + extent.indexEnd() + ", " + (filter == null
                        ? "no filter"
                        : filter.blocks() + " filter blocks of " + filter.lines()
                                + " lines, " + filter.probes() + " probes a key"));
    }

    private void note(Coverage coverage) {
        UserKey from = coverage.from();
        UserKey to = coverage.to();
        out.note(1, "replaces what older tables have of sequences " + coverage.first() + " to "
                + coverage.last() + (from == null ? "" : ", from " + key(from))
                + (to == null ? "" : ", to before " + key(to)));
    }

    private static String key(UserKey key) {
        return "key of " + key.bytes().length + " bytes: " + Printable.text(key.bytes());
    }

    private void verify(TableIdentity identity, BlockCache cache, ChunkPool pool,
            BufferPool buffers, ReadScratch scratch) throws IOException {
        try (Table table = Table.open(new Borrowed(file), identity, new Codecs(), cache, pool,
                scratch)) {
            table.verify(new VerifyListener() {
                @Override
                public void damaged(CorruptException damage) {
                    tellOnce(damage);
                }

                @Override
                public void checked(long offset, int length) {
                    // It was told already.
                }
            }, buffers);
        } catch (CorruptException e) {
            tellOnce(e);
        } catch (FirnException e) {
            out.note(0, "the order of keys and the filter were not checked: " + e.getMessage());
        }
    }

    private void tellOnce(CorruptException e) {
        if (!out.isTold(e.offset())) {
            out.damage(0, e);
        }
    }

    private static String hex(long value) {
        return "%016x".formatted(value);
    }

    /// The file, for a table that would close it.
    private record Borrowed(ReadFile file) implements ReadFile {
        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long bytes() {
            return file.bytes();
        }

        @Override
        public void copy(long offset, MemorySegment target, long to, long length)
                throws IOException {
            file.copy(offset, target, to, length);
        }

        @Override
        public void close() {
            // Not ours.
        }
    }
}
