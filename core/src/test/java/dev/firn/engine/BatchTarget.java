package dev.firn.engine;

import dev.firn.storage.CorruptException;
import java.lang.foreign.MemorySegment;

/// Gives any bytes to [BatchFormat].
public final class BatchTarget {
    private BatchTarget() {}

    /// Decodes a batch and looks at every byte of its operations.
    public static void accept(byte[] input) throws Exception {
        MemorySegment payload = MemorySegment.ofArray(input);
        try {
            BatchFormat.decode(payload, "log", 0, (keyspace, trailer, memory, keyAt, keyLength,
                    valueAt, valueLength) -> {
                memory.asSlice(keyAt, keyLength);
                memory.asSlice(valueAt, valueLength);
            });
        } catch (CorruptException e) {
            // Which is its right.
        }
    }
}
