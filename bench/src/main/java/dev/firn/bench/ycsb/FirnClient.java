package dev.firn.bench.ycsb;

import dev.firn.Cursor;
import dev.firn.Durability;
import dev.firn.Firn;
import dev.firn.FirnException;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.Options;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.Vector;
import org.jspecify.annotations.Nullable;
import site.ycsb.ByteIterator;
import site.ycsb.DB;
import site.ycsb.DBException;
import site.ycsb.Status;

/// Lets YCSB's own client drive Firn. A table is a keyspace.
///
/// Properties: `firn.dir` (needed), `firn.memory` (bytes), `firn.durability` (`sync`, `buffered`,
/// `none`). See docs/benchmarks.md for the command.
public final class FirnClient extends DB {
    /// YCSB makes a client for each thread by itself; all of them use the store of this one place.
    private static final SharedStore SHARED = new SharedStore();

    private @Nullable Firn store;

    /// The one store of a process, open while a client uses it.
    private static final class SharedStore {
        private @Nullable Firn store;
        private int users;

        synchronized Firn open(Properties properties) throws DBException {
            if (store == null) {
                String directory = properties.getProperty("firn.dir");
                if (directory == null) {
                    throw new DBException("set the property firn.dir to the store's directory");
                }
                try {
                    store = Firn.open(Path.of(directory), options(properties));
                } catch (FirnException | IllegalArgumentException e) {
                    throw new DBException(e);
                }
            }
            users++;
            return store;
        }

        synchronized void leave() {
            users--;
            if (users == 0 && store != null) {
                store.close();
                store = null;
            }
        }
    }

    private static Options options(Properties properties) {
        Options options = Options.defaults();
        String memory = properties.getProperty("firn.memory");
        if (memory != null) {
            options = options.withMemoryBytes(Long.parseLong(memory));
        }
        String durability = properties.getProperty("firn.durability");
        return durability == null
                ? options
                : options.withDurability(
                        Durability.valueOf(durability.toUpperCase(Locale.ROOT)));
    }

    @Override
    public void init() throws DBException {
        store = SHARED.open(getProperties());
    }

    @Override
    public void cleanup() {
        if (store != null) {
            store = null;
            SHARED.leave();
        }
    }

    private Keyspace keyspace(String table) {
        return Objects.requireNonNull(store, "init() was not called").keyspace(table);
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Status read(String table, String key, @Nullable Set<String> fields,
            Map<String, ByteIterator> result) {
        byte[] value = keyspace(table).get(bytes(key));
        if (value == null) {
            return Status.NOT_FOUND;
        }
        FieldMap.decode(value).into(result, fields);
        return Status.OK;
    }

    @Override
    @SuppressWarnings("NonApiType")
    public Status scan(String table, String startkey, int recordcount,
            @Nullable Set<String> fields, Vector<HashMap<String, ByteIterator>> result) {
        try (Cursor cursor = keyspace(table).scan(KeyRange.from(bytes(startkey)))) {
            while (result.size() < recordcount && cursor.next()) {
                HashMap<String, ByteIterator> record = new HashMap<>();
                FieldMap.decode(cursor.value()).into(record, fields);
                result.add(record);
            }
        }
        return Status.OK;
    }

    /// Reads the record and writes it back with the fields changed, as a record is one value here.
    @Override
    public Status update(String table, String key, Map<String, ByteIterator> values) {
        Keyspace keyspace = keyspace(table);
        byte[] old = keyspace.get(bytes(key));
        if (old == null) {
            return Status.NOT_FOUND;
        }
        keyspace.put(bytes(key), FieldMap.decode(old).with(values).encode());
        return Status.OK;
    }

    @Override
    public Status insert(String table, String key, Map<String, ByteIterator> values) {
        keyspace(table).put(bytes(key), new FieldMap().with(values).encode());
        return Status.OK;
    }

    @Override
    public Status delete(String table, String key) {
        keyspace(table).delete(bytes(key));
        return Status.OK;
    }
}
