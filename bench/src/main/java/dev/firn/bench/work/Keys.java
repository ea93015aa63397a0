package dev.firn.bench.work;

import dev.firn.bench.data.KeyShape;
import dev.firn.bench.data.Values;
import dev.firn.bench.store.Session;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// A session in terms of numbered entries. Checks everything that comes back: that it is there (or
/// not), that the value is one of the key, and that scans are in order and complete.
final class Keys implements Session.Visitor {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class,
            ByteOrder.BIG_ENDIAN);
    private static final int SHORT_BYTES = 16;

    private final Session session;
    private final KeyShape shape;
    private final KeyShape.Maker maker;
    private final Values values;
    private final byte[] value;
    private final byte[] target;
    private long userBytes;

    private final byte[] last = new byte[64];
    private int lastLength;
    private long lastHead;
    private byte @Nullable [] wanted;
    private boolean isForward;
    private long shown;
    private @Nullable Histogram latencies;
    private int slice = Integer.MAX_VALUE;
    private int inSlice;
    private long sliceBegan;

    Keys(Session session, KeyShape shape, Values values) {
        this.session = session;
        this.shape = shape;
        this.maker = shape.maker();
        this.values = values;
        this.value = new byte[values.length()];
        this.target = new byte[values.length() + 1];
    }

    /// Bytes of keys and values given to puts and deletes.
    long userBytes() {
        return userBytes;
    }

    void put(long number, long version) throws IOException {
        byte[] key = maker.present(number);
        values.fill(key, version, value);
        session.put(key, value);
        userBytes += key.length + value.length;
    }

    void delete(long number) throws IOException {
        byte[] key = maker.present(number);
        session.delete(key);
        userBytes += key.length;
    }

    void get(long number) throws IOException {
        byte[] key = maker.present(number);
        int length = session.get(key, target);
        if (!values.isRight(key, key.length, target, length)) {
            throw new IllegalStateException(
                    length < 0 ? "entry " + number + " was not found" : wrong(number));
        }
    }

    private static String wrong(long number) {
        return "a wrong value came back for entry " + number;
    }

    void miss(long number) throws IOException {
        if (session.get(maker.absent(number), target) >= 0) {
            throw new IllegalStateException("a key that was never put was found");
        }
    }

    /// Scans from an entry on. It has to be the first that is shown.
    ///
    /// @param entries how many entries there are, so that it is known how many have to be shown
    void scan(long number, int length, long entries) throws IOException {
        byte[] key = maker.present(number);
        begin(true);
        wanted = key;
        long count = session.scan(key, true, length, this);
        long expected = shape.isOrdered() ? Math.min(length, entries - number) : 1;
        if (count < expected || count > length || count != shown) {
            throw new IllegalStateException("a scan from entry " + number + " showed " + count);
        }
    }

    /// Scans everything.
    void scanAll(boolean isForward, long expected) throws IOException {
        begin(isForward);
        long count = session.scan(null, isForward, Long.MAX_VALUE, this);
        if (count != expected || shown != expected) {
            throw new IllegalStateException("a scan showed " + count + " of " + expected);
        }
    }

    /// Records the time of each so many entries of scans.
    void recordEach(int slice, Histogram latencies) {
        this.slice = slice;
        this.latencies = latencies;
    }

    private void begin(boolean isForward) {
        this.isForward = isForward;
        wanted = null;
        shown = 0;
        inSlice = 0;
        if (latencies != null) {
            sliceBegan = System.nanoTime();
        }
    }

    @Override
    public void entry(byte[] key, int keyLength, byte[] value, int valueLength) {
        if (shown++ > 0) {
            checkOrder(key, keyLength);
        } else if (wanted != null
                && !Arrays.equals(key, 0, keyLength, wanted, 0, wanted.length)) {
            throw new IllegalStateException("a scan did not begin at the key it was given");
        }
        if (keyLength == SHORT_BYTES) {
            lastHead = (long) LONGS.get(key, 0);
            LONGS.set(last, 0, lastHead);
            LONGS.set(last, 8, (long) LONGS.get(key, 8));
        } else {
            System.arraycopy(key, 0, last, 0, keyLength);
        }
        lastLength = keyLength;
        if (!values.isRight(key, keyLength, value, valueLength)) {
            throw new IllegalStateException("a scan showed a wrong value");
        }
        if (++inSlice == slice) {
            recordSlice();
        }
    }

    /// Scans are fast, so keys of 16 bytes are compared by words first.
    private void checkOrder(byte[] key, int keyLength) {
        int order = keyLength == SHORT_BYTES && lastLength == SHORT_BYTES
                ? Long.compareUnsigned((long) LONGS.get(key, 0), lastHead)
                : 0;
        if (order == 0) {
            order = Arrays.compareUnsigned(key, 0, keyLength, last, 0, lastLength);
        }
        if (isForward ? order <= 0 : order >= 0) {
            throw new IllegalStateException("a scan was not in order");
        }
    }

    private void recordSlice() {
        long now = System.nanoTime();
        if (latencies != null) {
            latencies.recordValue(now - sliceBegan);
        }
        sliceBegan = now;
        inSlice = 0;
    }
}
