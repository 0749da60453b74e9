package io.engram.node;

import io.engram.grid.Grid;
import io.engram.grid.GridConfig;
import io.engram.grid.cluster.Reception;
import io.engram.grid.log.NodeId;
import io.engram.grid.memory.Embedder;
import io.engram.node.config.NodeConfig;
import io.engram.node.config.NodeConfig.MemberAddress;
import io.engram.node.config.NodeConfig.Ports;
import io.engram.node.edge.grpc.GrpcEdge;
import io.engram.node.edge.http.GridCollector;
import io.engram.node.edge.http.HttpEdge;
import io.engram.node.peer.Credentials;
import io.engram.node.peer.GrpcPeers;
import io.engram.node.peer.PeerServer;
import io.engram.node.text.TextEmbedding;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/// A running node. Close it once; that ends all of it, the last opened first, within some twenty seconds.
public final class Node implements AutoCloseable {
    /// A question holds at most one log entry's commands, an answer at most a page of memories.
    private static final int MAX_PEER_MESSAGE_BYTES = 128 << 20;

    private final Closing parts;
    private final Grid grid;
    private final int clientPort;

    private Node(Closing parts, Grid grid, int clientPort) {
        this.parts = parts;
        this.grid = grid;
        this.clientPort = clientPort;
    }

    /// Returns once this node serves; whether it is ready [#health] says.
    ///
    /// @throws IOException a port or the data folder cannot be used
    public static Node open(NodeConfig config) throws IOException {
        Closing parts = new Closing();
        try {
            CollectorRegistry registry = new CollectorRegistry();
            DefaultExports.register(registry);
            Ports ports = config.listen().ports();
            Readiness readiness = new Readiness();

            // Answers from the first moment on: that this node lives, and is starting.
            parts.add("http", HttpEdge.serve(listen(config, ports.http()), readiness::now, registry));

            TextEmbedding texts = TextEmbedding.start(ServiceLoader.load(Embedder.class).findFirst());
            parts.add("embedding", texts);

            // Peers can ask before the grid is open, since the engines of all nodes need one another to open.
            Credentials credentials = new Credentials(config.cluster().name(), config.security().clusterSecret());
            Reception reception = new Reception();
            GrpcPeers peers = new GrpcPeers(credentials, others(config), MAX_PEER_MESSAGE_BYTES);
            parts.add("peers", peers);
            parts.add("peer server",
                    PeerServer.serve(listen(config, ports.peers()), credentials, MAX_PEER_MESSAGE_BYTES, reception));

            Grid grid = Grid.open(gridConfig(config), peers, reception);
            parts.add("grid", grid);
            registry.register(new GridCollector(grid::figures));

            GrpcEdge edge = GrpcEdge.serve(
                    listen(config, ports.clients()),
                    new GrpcEdge.Store(grid.spaces(), grid.memories(), grid::status, config.store().shards()),
                    texts, config.limits(), config.security(), registry, InstantSource.system());
            parts.add("client edge", edge);

            parts.add("readiness", readiness.watch(grid::health, edge::healthy));
            return new Node(parts, grid, edge.port());
        } catch (IOException | RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    private static InetSocketAddress listen(NodeConfig config, int port) {
        return new InetSocketAddress(config.listen().host(), port);
    }

    private static Map<NodeId, InetSocketAddress> others(NodeConfig config) {
        Map<NodeId, InetSocketAddress> others = new HashMap<>();
        for (MemberAddress member : config.cluster().members())
            if (!member.node().equals(config.cluster().self()))
                // Resolved anew with each connection: a peer's container may come back with another address.
                others.put(member.node(), InetSocketAddress.createUnresolved(member.host(), member.ports().peers()));
        return others;
    }

    private static GridConfig gridConfig(NodeConfig config) {
        List<MemberAddress> members = config.cluster().members();
        List<GridConfig.Member> gridMembers = new java.util.ArrayList<>(members.size());
        for (int rank = 0; rank < members.size(); rank++) {
            MemberAddress member = members.get(rank);
            Ports ports = member.ports();
            gridMembers.add(new GridConfig.Member(member.node(), member.host(), rank, ports.clients(), ports.peers(), ports.raft(),
                    ports.hot(), ports.coldDiscovery(), ports.coldCommunication()));
        }
        NodeConfig.StoreConfig store = config.store();
        NodeConfig.LogConfig log = store.log();
        return new GridConfig(config.cluster().name(), config.cluster().self(), gridMembers, config.data(), store.shards(),
                store.replication(),
                new GridConfig.LogConfig(log.electionMin(), log.electionMax(), log.snapshotEvery(),
                        Math.toIntExact(log.entry().count()), log.entriesInFlight(), Math.toIntExact(log.pending().count())),
                // Replicas decide by these when they apply, so that they must be the same on all nodes: no settings of a node.
                GridConfig.MemoryConfig.DEFAULT,
                new GridConfig.HotConfig(store.hot().enabled(), store.hot().memory().count(), store.hotBackups()),
                new GridConfig.ColdConfig(store.cold().enabled(), store.cold().memory().count(), store.coldBackups()));
    }

    public Grid.Health health() {
        return grid.health();
    }

    public int clientPort() {
        return clientPort;
    }

    @Override
    public void close() {
        parts.close();
    }
}
