package dev.firn.bench.store;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/// Byte arrays for MVStore, in unsigned order (its own type has signed order).
final class MvBytes extends BasicDataType<byte[]> {
    static final MvBytes INSTANCE = new MvBytes();

    private static final int HEADER_BYTES = 24;

    private MvBytes() {}

    @Override
    public int getMemory(byte[] data) {
        return HEADER_BYTES + data.length;
    }

    @Override
    public void write(WriteBuffer buffer, byte[] data) {
        buffer.putVarInt(data.length).put(data);
    }

    @Override
    public byte[] read(ByteBuffer buffer) {
        byte[] data = new byte[DataUtils.readVarInt(buffer)];
        buffer.get(data);
        return data;
    }

    @Override
    public byte[][] createStorage(int size) {
        return new byte[size][];
    }

    @Override
    public int compare(byte[] a, byte[] b) {
        return Arrays.compareUnsigned(a, b);
    }
}
