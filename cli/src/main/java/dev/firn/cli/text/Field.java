package dev.firn.cli.text;

import java.util.Arrays;

/// The bytes of a field while it is read. It grows with what is there, up to a limit, so that a
/// file without line ends does not fill the heap.
final class Field {
    private final String name;
    private final long bytesMax;
    private byte[] bytes = new byte[256];
    private int length;

    Field(String name, long bytesMax) {
        this.name = name;
        this.bytesMax = bytesMax;
    }

    void add(int b) throws MalformedEntryException {
        if (length == bytesMax) {
            throw new MalformedEntryException(
                    String.format(java.util.Locale.ROOT, "the %s is longer than %,d bytes", name,
                            bytesMax));
        }
        if (length == bytes.length) {
            grow();
        }
        bytes[length++] = (byte) b;
    }

    private void grow() throws MalformedEntryException {
        try {
            bytes = Arrays.copyOf(bytes, (int) Math.min(2L * length, bytesMax));
        } catch (OutOfMemoryError e) {
            // One large array was refused, all else goes on.
            clear();
            bytes = new byte[256];
            throw new MalformedEntryException("the " + name + " does not fit the Java heap;"
                    + " FIRN_JAVA_OPTS=-Xmx2g firn … gives it more");
        }
    }

    int length() {
        return length;
    }

    /// The bytes in a new array; the field is empty then.
    byte[] take() {
        byte[] taken = Arrays.copyOf(bytes, length);
        length = 0;
        if (bytes.length > 1 << 20) {
            bytes = new byte[256];
        }
        return taken;
    }

    void clear() {
        length = 0;
    }
}
