package io.engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassPathTest {
    @ParameterizedTest
    @ValueSource(strings = {
        "com.hazelcast.core.Hazelcast", "org.apache.ignite.Ignite", "org.apache.ratis.server.RaftServer", "io.engram.grid.Reason"
    })
    void no_engine_is_on_the_class_path(String engine) {
        assertThatThrownBy(() -> Class.forName(engine)).isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void java_17_can_load_it() throws IOException {
        try (InputStream bytes = Engram.class.getResourceAsStream("Engram.class"); DataInputStream data = new DataInputStream(bytes)) {
            assertThat(data.readInt()).isEqualTo(0xCAFEBABE);
            data.readUnsignedShort();
            assertThat(data.readUnsignedShort()).isEqualTo(61);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {
        Engram.class, EngramBuilder.class, MemorySpace.class, SpaceAdmin.class, Cluster.class, ObserveSession.class, ObservationSink.class,
        CausalSession.class, Observation.class, Memory.class, Answer.class, Proof.class, EngramException.class, Fault.class, Vector.class
    })
    void nothing_public_speaks_of_the_wire(Class<?> type) {
        for (Method method : type.getDeclaredMethods()) {
            if (!Modifier.isPublic(method.getModifiers())) continue;
            List<Class<?>> spoken = Arrays.stream(method.getParameterTypes()).toList();
            assertThat(spoken).as(method.toString()).noneMatch(ClassPathTest::isWire);
            assertThat(isWire(method.getReturnType())).as(method.toString()).isFalse();
        }
    }

    private static boolean isWire(Class<?> type) {
        return type.getName().startsWith("io.engram.v1.") || type.getName().startsWith("com.google.");
    }
}
