package dev.firn.sstable;

import dev.firn.Compression;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The codecs a store knows, by id and by name. Immutable; for any thread.
public final class Codecs {
    private static final int EXTRA_ID_MIN = 16;

    private final @Nullable BlockCodec[] byId = new BlockCodec[256];
    private final BlockCodec none = new NoneCodec();
    private final BlockCodec lz4 = new Lz4Codec();
    private final BlockCodec deflate = new DeflateCodec();

    /// Firn's own codecs and some more.
    ///
    /// @throws IllegalArgumentException when an extra one has an id below 16, or an id or a name
    ///     twice
    public Codecs(BlockCodec... extras) {
        add(none);
        add(lz4);
        add(deflate);
        for (BlockCodec extra : extras) {
            if ((extra.id() & 0xff) < EXTRA_ID_MIN) {
                throw new IllegalArgumentException(
                        "codec " + extra.name() + ": ids below " + EXTRA_ID_MIN
                                + " are Firn's own");
            }
            add(extra);
        }
    }

    private void add(BlockCodec codec) {
        for (BlockCodec other : byId) {
            if (other != null && (other.id() == codec.id() || other.name().equals(codec.name()))) {
                throw new IllegalArgumentException(
                        "two codecs: " + described(other) + " and " + described(codec));
            }
        }
        byId[codec.id() & 0xff] = codec;
    }

    /// The codec of a block that was read.
    ///
    /// @throws IOException when it is unknown, with its id; the caller adds file and offset
    public BlockCodec byId(byte id) throws IOException {
        BlockCodec codec = byId[id & 0xff];
        if (codec == null) {
            throw new IOException(
                    "unknown codec with id " + (id & 0xff) + "; known are " + known());
        }
        return codec;
    }

    /// The codec with a name.
    ///
    /// @throws IllegalArgumentException when there is none
    public BlockCodec byName(String name) {
        for (BlockCodec codec : byId) {
            if (codec != null && codec.name().equals(name)) {
                return codec;
            }
        }
        throw new IllegalArgumentException("unknown codec " + name + "; known are " + known());
    }

    /// The codec for an option.
    public BlockCodec of(Compression compression) {
        return switch (compression) {
            case NONE -> none;
            case LZ4 -> lz4;
            case DEFLATE -> deflate;
        };
    }

    private String known() {
        var names = new StringBuilder();
        for (BlockCodec codec : byId) {
            if (codec != null) {
                names.append(names.isEmpty() ? "" : ", ").append(described(codec));
            }
        }
        return names.toString();
    }

    private static String described(BlockCodec codec) {
        return codec.name() + " (" + (codec.id() & 0xff) + ")";
    }
}
