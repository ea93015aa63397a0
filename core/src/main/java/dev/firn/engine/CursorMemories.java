package dev.firn.engine;

import dev.firn.util.ChunkPool;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// The memory of the cursors of a store: some kept for the next one, all freed with the store, also
/// that of cursors which were never closed.
final class CursorMemories {
    private static final int KEPT_MAX = 16;

    private final ChunkPool pool;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<CursorMemory> idle = new ArrayDeque<>();
    private final Set<CursorMemory> all = new HashSet<>();

    CursorMemories(ChunkPool pool) {
        this.pool = pool;
    }

    CursorMemory take() {
        lock.lock();
        try {
            CursorMemory memory = idle.poll();
            if (memory == null) {
                memory = new CursorMemory(pool);
                all.add(memory);
            }
            memory.startSmall();
            return memory;
        } finally {
            lock.unlock();
        }
    }

    void give(CursorMemory memory) {
        boolean keep = memory.account();
        lock.lock();
        try {
            if (keep && idle.size() < KEPT_MAX) {
                idle.push(memory);
                return;
            }
            all.remove(memory);
        } finally {
            lock.unlock();
        }
        memory.close();
    }

    /// Frees everything; no cursor is in a call and none gets into one.
    void close() {
        lock.lock();
        try {
            all.forEach(CursorMemory::close);
            all.clear();
            idle.clear();
        } finally {
            lock.unlock();
        }
    }
}
