package dev.firn.engine;

import static dev.firn.engine.TestData.number;
import static dev.firn.engine.TestData.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firn.Firn;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The bean can be registered and read as any other.
class FirnMXBeanTest {
    @TempDir
    Path directory;

    @Test
    void everyAttributeCanBeRead() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("dev.firn:type=Firn,name=test");
        try (Firn store = Firn.open(directory, small())) {
            store.put(number(1), number(2));
            store.flush();
            server.registerMBean(store.mxBean(), name);
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
                assertThat(server.getAttribute(name, attribute.getName()))
                        .as(attribute.getName()).isNotNull();
            }
            assertThat(server.getMBeanInfo(name).getAttributes()).hasSizeGreaterThan(15);
            assertThat(server.getAttribute(name, "MemoryLimit")).isEqualTo(16L << 20);
            assertThat((long) server.getAttribute(name, "MemoryUsed")).isPositive();
            assertThat(server.getAttribute(name, "Tables")).isEqualTo(1L);
            assertThat(server.getAttribute(name, "BytesPut")).isEqualTo(16L);
            assertThat(server.getAttribute(name, "Failure")).isEqualTo("");
            assertThat((String) server.invoke(name, "statisticsJson", null, null))
                    .startsWith("{").contains("\"keyspaces\"");
        }
        assertThatThrownBy(() -> server.getAttribute(name, "Tables"))
                .rootCause().hasMessageContaining("closed");
        server.unregisterMBean(name);
    }
}
