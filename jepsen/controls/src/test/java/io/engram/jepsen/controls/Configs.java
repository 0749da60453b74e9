package io.engram.jepsen.controls;

import io.engram.grid.GridConfig;
import io.engram.grid.log.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A configuration of one node.
final class Configs {
    private Configs() {}

    static GridConfig of(NodeId node) {
        return new GridConfig(
                "test", node, List.of(new GridConfig.Member(node, "127.0.0.1", 0, 7500, 7501, 7502, 7503, 7504, 7505)), Path.of("unused"), 1, 1,
                new GridConfig.LogConfig(Duration.ofSeconds(1), Duration.ofSeconds(2), 1_000, 1 << 20, 4, 1 << 20),
                GridConfig.MemoryConfig.DEFAULT, new GridConfig.HotConfig(true, 1 << 20, 1), new GridConfig.ColdConfig(false, 32 << 20, 1));
    }
}
