package io.engram.jepsen.controls.map;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.sun.net.httpserver.HttpServer;
import io.engram.node.config.InvalidConfigException;
import io.engram.node.config.NodeConfig;
import io.engram.node.config.NodeConfigReader;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process: a Hazelcast member, and Engram's protocol over its map. Runs until it is told to stop.
public final class MapNode implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MapNode.class);

    /// As shipped, but for what a test cannot wait for: minutes until a dead member is noticed, minutes until halves merge.
    private static final Map<String, String> PROPERTIES = Map.of(
            "hazelcast.logging.type", "slf4j",
            "hazelcast.phone.home.enabled", "false",
            "hazelcast.heartbeat.interval.seconds", "1",
            "hazelcast.max.no.heartbeat.seconds", "3",
            "hazelcast.operation.call.timeout.millis", "2000",
            "hazelcast.operation.backup.timeout.millis", "500",
            "hazelcast.merge.first.run.delay.seconds", "5",
            "hazelcast.merge.next.run.delay.seconds", "3",
            "hazelcast.wait.seconds.before.join", "1",
            "hazelcast.socket.bind.any", "false");

    private final HazelcastInstance hazelcast;
    private final Server server;
    private final HttpServer http;

    private MapNode(NodeConfig config) throws IOException {
        hazelcast = Hazelcast.newHazelcastInstance(settings(config));
        try {
            server = serve(config, hazelcast);
            http = readiness(config, hazelcast);
        } catch (IOException | RuntimeException e) {
            hazelcast.getLifecycleService().terminate();
            throw e;
        }
    }

    /// Serves from now on.
    ///
    /// @throws IOException a port is taken
    static MapNode open(NodeConfig config) throws IOException {
        return new MapNode(config);
    }

    /// @param arguments a node's settings
    /// @return exit code, as a node's
    public static int run(List<String> arguments) {
        NodeConfig config;
        try {
            config = NodeConfigReader.read(arguments, System.getenv()).config();
        } catch (InvalidConfigException e) {
            e.faults().forEach(System.err::println);
            return 2;
        }
        CountDownLatch stop = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(stop::countDown, "stop"));
        if (config.stopAtEof()) stopAtEof();
        try (MapNode node = open(config)) {
            log.info("serving node={} members={}", config.cluster().self(), node.hazelcast.getCluster().getMembers().size());
            stop.await();
            return 0;
        } catch (IOException e) {
            System.err.println("engram controls: the map's node cannot listen: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    @Override
    public void close() {
        http.stop(0);
        server.shutdownNow();
        hazelcast.getLifecycleService().terminate();
    }

    private static Config settings(NodeConfig node) {
        Config config = new Config();
        config.setClusterName(node.cluster().name());
        PROPERTIES.forEach(config::setProperty);
        config.setProperty("hazelcast.local.localAddress", node.cluster().selfMember().host());
        config.getJetConfig().setEnabled(false);
        config.getNetworkConfig().setPort(node.listen().ports().hot()).setPortAutoIncrement(false);
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getMulticastConfig().setEnabled(false);
        join.getAutoDetectionConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true);
        for (NodeConfig.MemberAddress member : node.cluster().members())
            join.getTcpIpConfig().addMember(member.host() + ":" + member.ports().hot());
        return config;
    }

    private static Server serve(NodeConfig config, HazelcastInstance hazelcast) throws IOException {
        String self = config.cluster().self().value();
        // Calls block on the map.
        return NettyServerBuilder.forAddress(new InetSocketAddress(config.listen().host(), config.listen().ports().clients()))
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .addService(new MapMemories(self, hazelcast.getMap("memories")))
                .addService(new MapSpaces(self, hazelcast.getMap("spaces")))
                .addService(new MapStatus(config.cluster(), hazelcast.getMap("memories")))
                .build()
                .start();
    }

    /// Ready once all members have met: what is written before that would be lost without any fault.
    private static HttpServer readiness(NodeConfig config, HazelcastInstance hazelcast) throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(config.listen().host(), config.listen().ports().http()), 0);
        int expected = config.cluster().members().size();
        CountDownLatch met = new CountDownLatch(1);
        http.createContext("/", exchange -> {
            if (hazelcast.getCluster().getMembers().size() == expected) met.countDown();
            exchange.sendResponseHeaders(met.getCount() == 0 ? 200 : 503, -1);
            exchange.close();
        });
        http.start();
        return http;
    }

    private static void stopAtEof() {
        Thread.ofPlatform().daemon().name("stop-at-eof").start(() -> {
            try {
                System.in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                log.debug("standard input is gone", e);
            }
            Runtime.getRuntime().halt(0);
        });
    }
}
