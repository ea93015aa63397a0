package dev.firn.engine;

import dev.firn.Cursor;
import dev.firn.FirnException;
import dev.firn.FirnException.Kind;
import dev.firn.KeyRange;
import dev.firn.Keyspace;
import dev.firn.KeyspaceReader;
import dev.firn.prove.Violation;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Reads of a store on a disk that may fail to read.
final class FaultReads {
    private final FaultTold told;
    private boolean mayFail;

    FaultReads(FaultTold told, boolean mayFail) {
        this.told = told;
        this.mayFail = mayFail;
    }

    /// The disk is healthy from now on.
    void heal() {
        mayFail = false;
    }

    /// A read has failed.
    void requireMayFail(Throwable e) {
        if (!mayFail) {
            throw told.violation(Violation.Kind.UNEXPECTED_ERROR,
                    "a read failed: " + e.getMessage(), e);
        }
        told.expect(e);
    }

    /// What a store holds, or null when a read has failed.
    @Nullable
    Map<String, NavigableMap<byte[], byte[]>> all(Store store) {
        Map<String, NavigableMap<byte[], byte[]>> found = new TreeMap<>();
        for (String name : store.keyspaceNames()) {
            Keyspace space = store.findKeyspace(name);
            if (space == null) {
                throw told.violation(Violation.Kind.LOST, "there is no keyspace " + name, null);
            }
            var contents = of(space);
            if (contents == null) {
                return null;
            }
            found.put(name, contents);
        }
        return found;
    }

    /// What a keyspace holds, or null when a read has failed.
    @Nullable
    NavigableMap<byte[], byte[]> of(KeyspaceReader reader) {
        NavigableMap<byte[], byte[]> contents = new TreeMap<>(FaultModel.ORDER);
        try (Cursor cursor = reader.scan(KeyRange.all())) {
            while (cursor.next()) {
                contents.put(cursor.key(), cursor.value());
            }
            return contents;
        } catch (FirnException | Error e) {
            requireMayFail(e);
            return null;
        }
    }

    /// Reads with a cursor, around something else: it shows what there was when it was opened.
    ///
    /// @param readable what there may be then
    /// @param mayBeGone whether the keyspace may have been dropped meanwhile
    void whileScanning(Keyspace space, List<NavigableMap<byte[], byte[]>> readable,
            Runnable meanwhile, BooleanSupplier mayBeGone) {
        NavigableMap<byte[], byte[]> seen = new TreeMap<>(FaultModel.ORDER);
        boolean isWhole = false;
        try (Cursor cursor = space.scan(KeyRange.all())) {
            boolean isMore = cursor.next();
            if (isMore) {
                seen.put(cursor.key(), cursor.value());
            }
            meanwhile.run();
            while (isMore && cursor.next()) {
                seen.put(cursor.key(), cursor.value());
            }
            isWhole = true;
        } catch (FirnException e) {
            if (e.kind() != Kind.CLOSED || !mayBeGone.getAsBoolean()) {
                requireMayFail(e);
            }
        } catch (Violation v) {
            throw v;
        } catch (Error e) {
            requireMayFail(e);
        }
        if (isWhole && readable.stream().noneMatch(state -> FaultModel.areSame(state, seen))) {
            throw told.violation(Violation.Kind.WRONG_VALUE,
                    "a cursor has not shown what there was when it was opened", null);
        }
    }

    /// Reads a snapshot before and after something else.
    void whileSnapshot(Store store, Runnable meanwhile) {
        try (var snapshot = store.snapshot()) {
            Keyspace space = store.keyspace();
            var before = of(snapshot.in(space));
            meanwhile.run();
            var after = of(snapshot.in(space));
            if (before != null && after != null && !FaultModel.areSame(before, after)) {
                throw told.violation(Violation.Kind.WRONG_VALUE, "a snapshot has changed", null);
            }
        }
    }
}
