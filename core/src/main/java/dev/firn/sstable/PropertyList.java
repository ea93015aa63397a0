package dev.firn.sstable;

import dev.firn.util.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Names with values, as they stand in a properties block, ordered by name:
///
/// ```
/// +--------+------------+--------+----------------+-----------+
/// | length | name,      | flags  | length of the  | value ... |
/// | of it  | ASCII      |        | value, 4 bytes |           |
/// +--------+------------+--------+----------------+-----------+
/// ```
///
/// Bit 0 of the flags says that who does not know the name cannot read the table; the other bits
/// are 0. Numbers are values of eight bytes. One thread.
final class PropertyList {
    private static final int REQUIRED = 1;

    private static final class Property {
        final byte[] value;
        final boolean isRequired;

        Property(byte[] value, boolean isRequired) {
            this.value = value;
            this.isRequired = isRequired;
        }
    }

    private final TreeMap<String, Property> properties = new TreeMap<>();

    /// What is wrong with a list.
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    void put(String name, boolean isRequired, byte[] value) {
        properties.put(name, new Property(value, isRequired));
    }

    void put(String name, boolean isRequired, long value) {
        byte[] bytes = new byte[8];
        Bytes.putLong(bytes, 0, value);
        put(name, isRequired, bytes);
    }

    void put(String name, boolean isRequired, String value) {
        put(name, isRequired, value.getBytes(StandardCharsets.UTF_8));
    }

    byte[] bytes(String name) throws MalformedException {
        Property property = properties.get(name);
        if (property == null) {
            throw new MalformedException("property " + name + " is missing");
        }
        return property.value;
    }

    /// A number that is not negative.
    long number(String name) throws MalformedException {
        byte[] value = bytes(name);
        if (value.length != 8 || Bytes.getLong(value, 0) < 0) {
            throw new MalformedException("property " + name + " is not a number");
        }
        return Bytes.getLong(value, 0);
    }

    /// A number of things that each take some bytes of the file, or at most `max`.
    int count(String name, long max) throws MalformedException {
        long value = number(name);
        if (value > Math.min(max, Integer.MAX_VALUE - 8)) {
            throw new MalformedException("property " + name + " is too large");
        }
        return (int) value;
    }

    boolean has(String name) {
        return properties.containsKey(name);
    }

    /// Text, or a replacement when it is not there.
    String text(String name, String otherwise) {
        Property property = properties.get(name);
        return property == null ? otherwise : new String(property.value, StandardCharsets.UTF_8);
    }

    byte[] toBytes() {
        var out = new ByteArrayOutputStream();
        for (Map.Entry<String, Property> entry : properties.entrySet()) {
            byte[] name = entry.getKey().getBytes(StandardCharsets.US_ASCII);
            byte[] value = entry.getValue().value;
            byte[] length = new byte[4];
            Bytes.putInt(length, 0, value.length);
            out.write(name.length);
            out.writeBytes(name);
            out.write(entry.getValue().isRequired ? REQUIRED : 0);
            out.writeBytes(length);
            out.writeBytes(value);
        }
        return out.toByteArray();
    }

    /// Reads a list; a name that is not known is skipped, if it may be.
    static PropertyList read(byte[] a, int from, int length, java.util.Set<String> known)
            throws MalformedException {
        var list = new PropertyList();
        int end = from + length;
        int at = from;
        String last = null;
        while (at < end) {
            int nameLength = a[at] & 0xff;
            if (end - at < 1 + nameLength + 5) {
                throw new MalformedException("properties are cut off");
            }
            String name = new String(a, at + 1, nameLength, StandardCharsets.US_ASCII);
            at += 1 + nameLength;
            int flags = a[at];
            int valueLength = Bytes.getInt(a, at + 1);
            at += 5;
            if (valueLength < 0 || valueLength > end - at) {
                throw new MalformedException("property " + printable(name) + " is cut off");
            }
            if (last != null && name.compareTo(last) <= 0) {
                throw new MalformedException("properties are out of order");
            }
            if ((flags & ~REQUIRED) != 0 || (flags != 0 && !known.contains(name))) {
                throw new MalformedException("the table needs the property " + printable(name)
                        + ", which this version of Firn does not know");
            }
            list.put(name, flags != 0, Arrays.copyOfRange(a, at, at + valueLength));
            at += valueLength;
            last = name;
        }
        return list;
    }

    private static String printable(@Nullable String name) {
        return String.valueOf(name).replaceAll("[^!-~]", "?");
    }
}
