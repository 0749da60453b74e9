package io.engram.jepsen.controls.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.client.ConflictException;
import io.engram.client.Engram;
import io.engram.client.MemorySpace;
import io.engram.client.NotFoundException;
import io.engram.client.Observation;
import io.engram.client.SpaceSettings;
import io.engram.client.Vector;
import io.engram.client.WriteCondition;
import io.engram.client.WriteOptions;
import io.engram.node.config.NodeConfig;
import io.engram.node.config.NodeConfigReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One member of the plain map, asked through Engram's own client.
class MapNodeTest {
    @TempDir
    private Path folder;

    @Test
    void puts_gets_and_compares_and_sets_like_a_node() throws IOException {
        NodeConfig config = NodeConfigReader.read(
                List.of("--node=n1", "--cluster=map", "--data=" + folder, "--listen.host=127.0.0.1", "--base.port=" + port()), Map.of()).config();
        try (var _ = MapNode.open(config);
                Engram engram = Engram.connect("127.0.0.1:" + config.listen().ports().clients())) {
            engram.spaces().create(SpaceSettings.named("registers", 2));
            MemorySpace space = engram.space("registers");
            assertThatThrownBy(() -> space.get("k")).isInstanceOf(NotFoundException.class);
            long first = space.put(observation("1")).version();
            assertThat(space.get("k").value().text()).isEqualTo("1");
            long second = space.put(observation("2"), WriteOptions.defaults().when(WriteCondition.version(first))).version();
            assertThat(second).isGreaterThan(first);
            assertThatThrownBy(() -> space.put(observation("3"), WriteOptions.defaults().when(WriteCondition.version(first))))
                    .isInstanceOf(ConflictException.class);
            assertThat(space.get("k").value().text()).isEqualTo("2");
        }
    }

    private static Observation observation(String text) {
        return Observation.builder(text).key("k").vector(Vector.of(1, 0)).build();
    }

    /// The first of a node's ports in a row that nobody has, below the range that outgoing connections take theirs from.
    private static int port() throws IOException {
        for (int base = 10_000 + (int) (ProcessHandle.current().pid() % 400) * 25; base < 32_000; base += 25) if (areFree(base)) return base;
        throw new IOException("no free ports in a row");
    }

    private static boolean areFree(int base) {
        for (int port = base; port < base + NodeConfig.Ports.COUNT; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                if (!socket.isBound()) return false;
            } catch (IOException taken) {
                return false;
            }
        }
        return true;
    }
}
