package dev.firn.bench.ycsb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.Vector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import site.ycsb.ByteIterator;
import site.ycsb.DBException;
import site.ycsb.Status;
import site.ycsb.StringByteIterator;

class FirnClientTest {
    @TempDir
    Path directory;

    private FirnClient client() throws DBException {
        FirnClient client = new FirnClient();
        Properties properties = new Properties();
        properties.setProperty("firn.dir", directory.toString());
        properties.setProperty("firn.durability", "none");
        properties.setProperty("firn.memory", String.valueOf(16 << 20));
        client.setProperties(properties);
        client.init();
        return client;
    }

    private static Map<String, String> strings(Map<String, ByteIterator> fields) {
        Map<String, String> strings = new HashMap<>();
        fields.forEach((name, content) -> strings.put(name, content.toString()));
        return strings;
    }

    @Test
    void aRecordIsWhatItsFieldsWereSetTo() throws DBException {
        FirnClient client = client();
        FirnClient second = client();
        Map<String, ByteIterator> result = new HashMap<>();
        assertThat(client.read("t", "user1", null, result)).isEqualTo(Status.NOT_FOUND);
        assertThat(client.update("t", "user1", new HashMap<>())).isEqualTo(Status.NOT_FOUND);
        for (int i = 1; i <= 3; i++) {
            assertThat(client.insert("t", "user" + i, StringByteIterator.getByteIteratorMap(
                    Map.of("a", "one" + i, "b", "two" + i)))).isEqualTo(Status.OK);
        }
        assertThat(second.update("t", "user2",
                StringByteIterator.getByteIteratorMap(Map.of("b", "zwei")))).isEqualTo(Status.OK);
        assertThat(client.read("t", "user2", null, result)).isEqualTo(Status.OK);
        assertThat(strings(result)).isEqualTo(Map.of("a", "one2", "b", "zwei"));
        client.cleanup();
        client.cleanup();

        result.clear();
        assertThat(second.read("t", "user1", Set.of("b"), result)).isEqualTo(Status.OK);
        assertThat(strings(result)).isEqualTo(Map.of("b", "two1"));
        assertThat(second.delete("t", "user3")).isEqualTo(Status.OK);
        Vector<HashMap<String, ByteIterator>> records = new Vector<>();
        assertThat(second.scan("t", "user2", 10, null, records)).isEqualTo(Status.OK);
        assertThat(records).hasSize(1);
        second.cleanup();

        FirnClient third = client();
        result.clear();
        assertThat(third.read("t", "user2", null, result)).isEqualTo(Status.OK);
        third.cleanup();
    }

    @Test
    void theDirectoryHasToBeTold() {
        FirnClient client = new FirnClient();
        client.setProperties(new Properties());
        assertThatThrownBy(client::init).isInstanceOf(DBException.class)
                .hasMessageContaining("firn.dir");
    }
}
