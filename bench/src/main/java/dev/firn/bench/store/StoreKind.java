package dev.firn.bench.store;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/// The stores that can be measured, each in one configuration.
public enum StoreKind {
    /// Firn as it comes, which is how it is meant to be used.
    FIRN("Firn", false),
    /// Firn that reads tables with positioned reads instead of a mapping.
    FIRN_POSITIONED("Firn, positioned reads", false),
    /// RocksDB as one who knows it well would set it.
    ROCKSDB("RocksDB, tuned", false),
    /// RocksDB as it comes.
    ROCKSDB_DEFAULT("RocksDB", false),
    /// LMDB that writes to its mapping.
    LMDB("LMDB, tuned", false),
    /// LMDB as it comes.
    LMDB_DEFAULT("LMDB", false),
    /// MVStore with the budget as its cache.
    MVSTORE("MVStore, tuned", true),
    /// MVStore as it comes.
    MVSTORE_DEFAULT("MVStore", true),
    /// MapDB in a mapped file without a log.
    MAPDB("MapDB, tuned", true),
    /// MapDB as it comes.
    MAPDB_DEFAULT("MapDB", true),
    /// Xodus with the budget as its cache.
    XODUS("Xodus, tuned", true),
    /// Xodus as it comes.
    XODUS_DEFAULT("Xodus", true),
    /// LevelDB in Java with the budget as its cache.
    LEVELDB("LevelDB (iq80), tuned", true),
    /// LevelDB in Java as it comes.
    LEVELDB_DEFAULT("LevelDB (iq80)", true);

    private final String title;
    private final boolean isOnHeap;

    StoreKind(String title, boolean isOnHeap) {
        this.title = title;
        this.isOnHeap = isOnHeap;
    }

    /// Opens a store in a directory, creating it where there is none.
    public Contender open(Setup setup) throws IOException {
        return switch (this) {
            case FIRN -> new FirnStore(setup, true);
            case FIRN_POSITIONED -> new FirnStore(setup, false);
            case ROCKSDB -> new RocksStore(setup, true);
            case ROCKSDB_DEFAULT -> new RocksStore(setup, false);
            case LMDB -> new LmdbStore(setup, true);
            case LMDB_DEFAULT -> new LmdbStore(setup, false);
            case MVSTORE -> new MvStore(setup, true);
            case MVSTORE_DEFAULT -> new MvStore(setup, false);
            case MAPDB -> new MapDbStore(setup, true);
            case MAPDB_DEFAULT -> new MapDbStore(setup, false);
            case XODUS -> new XodusStore(setup, true);
            case XODUS_DEFAULT -> new XodusStore(setup, false);
            case LEVELDB -> new LevelDbStore(setup, true);
            case LEVELDB_DEFAULT -> new LevelDbStore(setup, false);
        };
    }

    /// Its name in tables.
    public String title() {
        return title;
    }

    /// Its name on the command line.
    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Whether its caches are on the Java heap, which has to be larger by the budget then.
    public boolean isOnHeap() {
        return isOnHeap;
    }

    /// The kind with a label.
    @JsonCreator
    public static StoreKind of(String label) {
        return Arrays.stream(values()).filter(kind -> kind.label().equals(label)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no store named " + label));
    }
}
