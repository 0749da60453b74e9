package io.engram.node.edge.grpc;

import io.engram.grid.memory.Memories;
import io.engram.grid.memory.Spaces;
import io.engram.node.config.NodeConfig.LimitsConfig;
import io.engram.node.config.NodeConfig.SecurityConfig;
import io.engram.node.text.TextEmbedding;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// The client port. Everything that a client can ask for is here; see docs/errors.md for how it is refused.
///
/// Calls run on virtual threads. Owns its threads; close ends calls within a few seconds.
public final class GrpcEdge implements AutoCloseable {
    private static final Duration STREAM_OPENS_WITHIN = Duration.ofSeconds(10);
    /// As long as the streams' queue of texts may take, with room for long texts.
    private static final Duration STREAM_EMBEDS_WITHIN = Duration.ofSeconds(60);
    private static final Duration CALLS_END_WITHIN = Duration.ofSeconds(3);
    private static final int MAX_HEADER_BYTES = 16 << 10;
    private static final int CALLS_PER_CONNECTION = 512;

    private final Server server;
    private final HealthStatusManager health;
    private final List<String> services;
    private final ObserveStreams streams;
    private final ExecutorService executor;
    private final ScheduledExecutorService timers;

    /// What the edge serves.
    ///
    /// @param shards of the cluster
    public record Store(Spaces spaces, Memories memories, StatusSource status, int shards) {}

    private GrpcEdge(
            Server server, HealthStatusManager health, List<String> services, ObserveStreams streams, ExecutorService executor,
            ScheduledExecutorService timers) {
        this.server = server;
        this.health = health;
        this.services = services;
        this.streams = streams;
        this.executor = executor;
        this.timers = timers;
    }

    /// Listens when it returns; not healthy until [#healthy] says so.
    ///
    /// @param address port 0: any free one
    public static GrpcEdge serve(
            InetSocketAddress address, Store store, TextEmbedding texts, LimitsConfig limits, SecurityConfig security,
            CollectorRegistry registry, InstantSource clock) throws IOException {
        ExecutorService executor = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("call-", 0).factory());
        ScheduledExecutorService timers =
                Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("edge-timers").daemon().factory());
        // Streams get most of the bytes; calls have a share of their own, so that streams cannot keep them out.
        // Together they stay within the limit, with what waits for its turn: calls do not wait, they are refused.
        long quarter = limits.inFlight().count() / 4;
        InFlight callBytes = new InFlight(quarter, 0);
        InFlight streamBytes = new InFlight(limits.inFlight().count() - 2 * quarter, quarter);
        Calls calls = new Calls(limits, callBytes, timers);
        ObservationReader observations = new ObservationReader(clock);
        ObserveStreams streams = new ObserveStreams(store.memories(), observations, texts, streamBytes,
                new ObserveStreams.Limits(limits.streams(), limits.streamInFlight().count(), STREAM_OPENS_WITHIN,
                        limits.maxDeadline(), STREAM_EMBEDS_WITHIN),
                executor, timers);
        CallMetrics metrics = new CallMetrics(registry);
        metrics.gauge("engram_streams_open", "Observe streams open at this node.", streams::count);
        metrics.gauge("engram_streams_in_flight_bytes", "Bytes of observations not yet acknowledged.", streamBytes::taken);
        metrics.gauge("engram_streams_waiting_bytes", "Bytes of observations that have come and wait for room.", streamBytes::waiting);
        metrics.gauge("engram_calls_in_flight_bytes", "Bytes of requests of calls at work.", callBytes::taken);
        Receptions receptions = new Receptions(limits.receiving().count(), limits.maxDeadline(), timers);
        metrics.gauge("engram_receiving_bytes", "Bytes of requests that have not come whole.", receptions::bytes);
        metrics.gauge("engram_embedding_queue_ratio", "How full the queue of texts is, 0..1.", texts::fill);

        HealthStatusManager health = new HealthStatusManager();
        List<BindableService> services = List.of(
                new SpaceCalls(calls, store.spaces(), new Answers(texts.dimension()), store.shards()),
                new MemoryCalls(calls, store.spaces(), store.memories(), observations, new ConsistencyReader(store.shards()),
                        texts, streams, limits.message().count()),
                new ClusterCalls(calls, store.status(), texts.model(), texts.dimension()),
                health.getHealthService(),
                ProtoReflectionServiceV1.newInstance());
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                .executor(executor)
                .addStreamTracerFactory(receptions)
                // What is above the limit by less than this much is refused by us, with the reason; the rest by gRPC.
                .maxInboundMessageSize(Math.toIntExact(2 * limits.message().count()))
                .maxInboundMetadataSize(MAX_HEADER_BYTES)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .handshakeTimeout(10, TimeUnit.SECONDS);
        security.tls().ifPresent(tls -> builder.useTransportSecurity(tls.certificate().toFile(), tls.key().toFile()));
        List<ServerInterceptor> outermostLast = List.of(
                new MessageInterceptor(limits.message().count()), new TokenInterceptor(security.token()), new MetricsInterceptor(metrics));
        List<String> names = new ArrayList<>();
        for (BindableService service : services) {
            ServerServiceDefinition definition = ServerInterceptors.useInputStreamMessages(service.bindService());
            builder.addService(ServerInterceptors.intercept(definition, outermostLast));
            names.add(definition.getServiceDescriptor().getName());
        }
        names.add(HealthStatusManager.SERVICE_NAME_ALL_SERVICES);
        GrpcEdge edge = new GrpcEdge(builder.build(), health, names, streams, executor, timers);
        edge.healthy(false);
        edge.server.start();
        return edge;
    }

    public int port() {
        return server.getPort();
    }

    /// What the standard health service says from now on, for every service and for the server as a whole.
    public void healthy(boolean serving) {
        for (String service : services)
            health.setStatus(service, serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    @Override
    public void close() {
        health.enterTerminalState();
        streams.close();
        server.shutdown();
        try {
            if (!server.awaitTermination(CALLS_END_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
                server.awaitTermination(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        timers.shutdownNow();
        executor.shutdownNow();
    }
}
