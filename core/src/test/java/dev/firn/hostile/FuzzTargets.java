package dev.firn.hostile;

import dev.firn.DumpOptions;
import dev.firn.FirnException;
import dev.firn.engine.BatchTarget;
import dev.firn.engine.FileDump;
import dev.firn.hostile.SmallStore.End;
import dev.firn.manifest.EditTarget;
import dev.firn.record.LogReplay;
import dev.firn.record.RecordReader;
import dev.firn.sstable.BlockCodec;
import dev.firn.sstable.BlockTarget;
import dev.firn.sstable.Codecs;
import dev.firn.storage.CorruptException;
import dev.firn.util.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// All targets of fuzzing: each decoder by itself, with checksums put right, each file of a store
/// like that, and whole files as they come. One thread; close it.
public final class FuzzTargets implements AutoCloseable {
    private static final int LOG_HEADER = 64;
    private static final int RAW_MAX = 1 << 20;

    private final Opener opener;
    private final List<SmallStore> stores = new ArrayList<>();
    private final List<FuzzTarget> all = new ArrayList<>();
    private final SmallStore store;
    private final String manifest;

    /// A decoder that may throw what a damaged file makes it throw.
    @FunctionalInterface
    private interface Decoder {
        void accept(byte[] input) throws Exception;
    }

    private record Target(String name, List<byte[]> seeds, Decoder decoder) implements FuzzTarget {
        @Override
        public void accept(byte[] input) throws Exception {
            try {
                decoder.accept(input);
            } catch (CorruptException e) {
                // Which is its right.
            } catch (FirnException e) {
                if (e.kind() != FirnException.Kind.CORRUPT
                        && e.kind() != FirnException.Kind.INCOMPATIBLE) {
                    throw e;
                }
            }
        }
    }

    /// With the bound for memory that small stores have.
    public FuzzTargets() {
        this(Opener.HEAP_BYTES_MAX);
    }

    /// With another bound for what a store takes of the heap.
    FuzzTargets(long heapBytesMax) {
        opener = new Opener(heapBytesMax);
        for (int seed = 0; seed < 3; seed++) {
            // With codecs lz4, deflate and none.
            stores.add(new SmallStore(opener, 3L * seed, End.CRASHED, seed));
        }
        store = stores.getFirst();
        manifest = store.files.names().stream().filter(name -> name.startsWith("MANIFEST"))
                .findFirst().orElseThrow();
        decoders();
        files();
    }

    /// All of them.
    public List<FuzzTarget> all() {
        return all;
    }

    private void add(String name, List<byte[]> seeds, Decoder decoder) {
        all.add(new Target(name, seeds, decoder));
    }

    private void decoders() {
        byte[] log = store.files.bytes(store.log);
        byte[] edits = store.files.bytes(manifest);
        add("log records", List.of(log, edits), this::records);
        add("log replay", List.of(twoSegments(log)), this::replay);
        add("write batch", payloads(log), BatchTarget::accept);
        add("manifest edit", payloads(edits), EditTarget::accept);
        add("sorted block", blocks(), BlockTarget::sorted);
        add("table properties", properties(), BlockTarget::properties);
        for (String codec : List.of("lz4", "deflate", "none")) {
            add("codec " + codec, compressed(codec), input -> decompress(codec, input));
        }
    }

    private void files() {
        byte[] current = store.files.bytes("CURRENT");
        String line = Contents.text(current).replaceAll(" crc32c.*\n", "");
        add("CURRENT", List.of(Contents.bytes(line)),
                input -> open("CURRENT", Forge.current(Contents.text(input))));
        add("log file", List.of(store.files.bytes(store.log)),
                input -> open(store.log, identified(input, store.log)));
        add("manifest file", List.of(store.files.bytes(manifest)),
                input -> open(manifest, identified(input, manifest)));
        String table = store.blocks.firstKey();
        add("table file", stores.stream().map(s -> s.files.bytes(table)).toList(),
                input -> open(table, identifiedTable(input, table)));
        List<String> names = List.of("CURRENT", store.log, manifest, table);
        List<byte[]> raw = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            raw.add(prefixed(i, store.files.bytes(names.get(i))));
        }
        add("raw file", raw, input -> {
            if (input.length > 0) {
                open(names.get((input[0] & 0xff) % names.size()),
                        Arrays.copyOfRange(input, 1, input.length));
            }
        });
    }

    private static byte[] prefixed(int first, byte[] rest) {
        byte[] bytes = new byte[1 + rest.length];
        bytes[0] = (byte) first;
        System.arraycopy(rest, 0, bytes, 1, rest.length);
        return bytes;
    }

    /// The store with one file replaced: opened, read, verified, and the file dumped.
    private void open(String name, byte[] bytes) {
        MemoryDirectory files = store.files.fork();
        files.put(name, bytes);
        Seen seen = Seen.unjudged(opener, files);
        opener.begin();
        FileDump.dump(files, name, new DumpOptions(true, true), line -> {});
        try {
            opener.verify(files.fork());
        } catch (FirnException e) {
            if (seen.refusal == null) {
                throw e;
            }
        }
    }

    /// With the magic, version, identity and number that the file must have, and right checksums.
    private byte[] identified(byte[] input, String name) {
        byte[] bytes = Arrays.copyOf(input, Math.max(input.length, LOG_HEADER));
        System.arraycopy(store.files.bytes(name), 0, bytes, 0, 32);
        Forge.log(bytes);
        return bytes;
    }

    private byte[] identifiedTable(byte[] input, String name) {
        byte[] good = store.files.bytes(name);
        byte[] bytes = Arrays.copyOf(input, Math.max(input.length, 80));
        int footer = bytes.length - 80;
        System.arraycopy(good, good.length - 80, bytes, footer, 32);
        if (input.length % 2 == 0) {
            Bytes.putLong(bytes, footer + 32, bytes.length);
        }
        Forge.table(bytes);
        return bytes;
    }

    private void records(byte[] input) throws IOException {
        byte[] bytes = Arrays.copyOf(input, Math.max(input.length, LOG_HEADER));
        System.arraycopy(store.files.bytes(store.log), 0, bytes, 0, 12);
        Forge.log(bytes);
        var files = new MemoryDirectory();
        files.put("f", bytes);
        try (var file = files.open("f");
                RecordReader reader = RecordReader.open(file, bytes[12], Bytes.getLong(bytes, 16),
                        Bytes.getLong(bytes, 24))) {
            while (reader.next()) {
                reader.bytes().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
            }
            reader.requireNotCorrupt();
        }
    }

    private byte[] twoSegments(byte[] log) {
        byte[] both = Arrays.copyOf(log, 2 * log.length);
        System.arraycopy(log, 0, both, log.length, log.length);
        return both;
    }

    /// Each half of the input is a segment.
    private void replay(byte[] input) throws IOException {
        int half = Math.max(LOG_HEADER, input.length / 2);
        byte[] bytes = Arrays.copyOf(input, 2 * half);
        var files = new MemoryDirectory();
        byte[] header = store.files.bytes(store.log);
        for (int number = 1; number <= 2; number++) {
            byte[] segment = Arrays.copyOfRange(bytes, (number - 1) * half, number * half);
            System.arraycopy(header, 0, segment, 0, 24);
            Bytes.putLong(segment, 24, number);
            Forge.log(segment);
            files.put("%06d.log".formatted(number), segment);
        }
        LogReplay.replay(files, Bytes.getLong(header, 16),
                List.of(new LogReplay.Segment(1), new LogReplay.Segment(2)),
                (payload, file, at, end) -> {});
    }

    /// The payloads of all fragments.
    private static List<byte[]> payloads(byte[] log) {
        List<byte[]> found = new ArrayList<>();
        for (int at = LOG_HEADER; at + 12 <= log.length && log[at + 8] != 0;) {
            int length = Bytes.getInt(log, at + 4);
            int from = at + ((log[at + 10] & 1) != 0 ? 20 : 12);
            found.add(Arrays.copyOfRange(log, from, from + length));
            at = (from + length + 8) & -8;
        }
        return found;
    }

    private List<byte[]> blocks() {
        List<byte[]> found = new ArrayList<>();
        for (SmallStore each : stores) {
            each.blocks.forEach((name, blocks) -> {
                byte[] table = each.files.bytes(name);
                for (SmallStore.Block block : blocks) {
                    int kind = table[(int) block.from() + 1];
                    boolean isPlain = table[(int) block.from()] == 0;
                    if (isPlain && (kind == 1 || kind == 3 || kind == 5)) {
                        found.add(prefixed(kind / 2, Arrays.copyOfRange(table,
                                (int) block.from() + 16, (int) block.to())));
                    }
                }
            });
        }
        return found;
    }

    private List<byte[]> properties() {
        List<byte[]> found = new ArrayList<>();
        store.blocks.forEach((name, blocks) -> found.add(Arrays.copyOfRange(
                store.files.bytes(name), (int) blocks.getLast().from() + 16,
                (int) blocks.getLast().to())));
        return found;
    }

    /// The raw length in three bytes, then what is to be decompressed.
    private static List<byte[]> compressed(String name) {
        BlockCodec codec = new Codecs().byName(name);
        List<byte[]> found = new ArrayList<>();
        for (String text : List.of("", "a", "abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabc",
                "x".repeat(3000), "0123456789".repeat(40) + "tail of another kind")) {
            byte[] raw = Contents.bytes(text);
            byte[] room = new byte[4 + codec.maxCompressedLength(raw.length)];
            int length = Math.max(0, codec.compress(raw, 0, raw.length, room, 4));
            Bytes.putInt(room, 0, raw.length);
            found.add(Arrays.copyOf(room, 4 + length));
        }
        return found;
    }

    private static void decompress(String name, byte[] input) {
        if (input.length < 4) {
            return;
        }
        int raw = (Bytes.getInt(input, 0) & 0x7fff_ffff) % RAW_MAX;
        byte[] to = new byte[raw + 8];
        Arrays.fill(to, (byte) 0x5a);
        try {
            new Codecs().byName(name).decompress(input, 4, input.length - 4, to, 0, raw);
        } catch (IOException e) {
            // Which is its right.
        }
        for (int i = raw; i < to.length; i++) {
            if (to[i] != 0x5a) {
                throw new IllegalStateException("wrote behind its place");
            }
        }
    }

    @Override
    public void close() {
        opener.close();
    }
}
