package dev.firn.bench.ycsb;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import site.ycsb.ByteArrayByteIterator;
import site.ycsb.ByteIterator;

/// A record of YCSB, which has named fields, as one value: for each field the lengths of name and
/// content, and both.
final class FieldMap {
    private final Map<String, byte[]> fields = new LinkedHashMap<>();

    static FieldMap decode(byte[] value) {
        FieldMap record = new FieldMap();
        ByteBuffer in = ByteBuffer.wrap(value);
        while (in.hasRemaining()) {
            byte[] name = new byte[in.getInt()];
            byte[] content = new byte[in.getInt()];
            in.get(name).get(content);
            record.fields.put(new String(name, StandardCharsets.UTF_8), content);
        }
        return record;
    }

    /// Sets fields, leaving others as they are.
    FieldMap with(Map<String, ByteIterator> values) {
        values.forEach((name, content) -> fields.put(name, content.toArray()));
        return this;
    }

    byte[] encode() {
        int length = 0;
        for (Map.Entry<String, byte[]> field : fields.entrySet()) {
            length += 2 * Integer.BYTES
                    + field.getKey().getBytes(StandardCharsets.UTF_8).length
                    + field.getValue().length;
        }
        ByteBuffer out = ByteBuffer.allocate(length);
        fields.forEach((name, content) -> {
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            out.putInt(bytes.length).putInt(content.length).put(bytes).put(content);
        });
        return out.array();
    }

    /// Gives the wanted fields to YCSB, or all.
    void into(Map<String, ByteIterator> result, @Nullable Set<String> wanted) {
        fields.forEach((name, content) -> {
            if (wanted == null || wanted.contains(name)) {
                result.put(name, new ByteArrayByteIterator(content));
            }
        });
    }
}
