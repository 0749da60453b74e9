package io.engram.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.engram.node.config.NodeConfig;
import io.engram.node.config.NodeConfigReader;
import io.engram.v1.CreateSpaceRequest;
import io.engram.v1.ForgetRequest;
import io.engram.v1.GetRequest;
import io.engram.v1.MemoryServiceGrpc;
import io.engram.v1.Observation;
import io.engram.v1.ObservationBatch;
import io.engram.v1.ObserveRequest;
import io.engram.v1.ObserveResponse;
import io.engram.v1.OpenSession;
import io.engram.v1.PutRequest;
import io.engram.v1.RecallRequest;
import io.engram.v1.RecallResponse;
import io.engram.v1.SpaceServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One real node, all engines running, as a client sees it.
@Timeout(240)
class NodeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    @TempDir private Path data;

    @Test void remembers_what_it_was_told_before_it_was_stopped() throws Exception {
        NodeConfig config = config();
        try (Node node = Node.open(config)) {
            ready(config);
            ManagedChannel channel = channel(node);
            try {
                SpaceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS)
                        .createSpace(CreateSpaceRequest.newBuilder().setName("notes").setDimension(384).build());
                write(channel);
                RecallResponse answer = recall(channel, "which animal lives in the sea?");
                assertThat(answer.getMatches(0).getMemory().getKey()).isEqualTo("whale");
                assertThat(answer.getProof().getShardsCount()).isEqualTo(4);
            } finally {
                channel.shutdownNow();
            }
        }
        try (Node node = Node.open(config)) {
            ready(config);
            ManagedChannel channel = channel(node);
            try {
                assertThat(get(channel, "whale").getMemory().getText()).contains("ocean");
                assertThat(recall(channel, "something about tea").getMatchesList())
                        .extracting(m -> m.getMemory().getKey()).containsExactlyInAnyOrder("whale", "engine", "mountain");
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test void names_the_port_that_is_taken() throws IOException {
        NodeConfig config = config();
        try (ServerSocket _ = new ServerSocket(config.listen().ports().peers(), 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> Node.open(config)).isInstanceOf(IOException.class)
                    .hasMessageContaining(Integer.toString(config.listen().ports().peers()));
        }
    }

    private static void write(ManagedChannel channel) {
        var memories = MemoryServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
        memories.put(PutRequest.newBuilder().setSpace("notes").setObservation(
                Observation.newBuilder().setKey("tea").setText("Green tea is best at eighty degrees")).build());
        List<ObserveResponse> told = new CopyOnWriteArrayList<>();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        StreamObserver<ObserveRequest> stream = MemoryServiceGrpc.newStub(channel).observe(new StreamObserver<>() {
            @Override
            public void onNext(ObserveResponse response) {
                told.add(response);
            }

            @Override
            public void onError(Throwable failure) {
                failures.add(failure);
            }

            @Override
            public void onCompleted() {}
        });
        stream.onNext(ObserveRequest.newBuilder().setOpen(OpenSession.newBuilder().setSpace("notes").setSession("s")).build());
        stream.onNext(ObserveRequest.newBuilder().setBatch(ObservationBatch.newBuilder().setFirstNumber(1)
                .addObservations(Observation.newBuilder().setKey("whale").setText("The blue whale swims in the ocean"))
                .addObservations(Observation.newBuilder().setKey("bad").setText("x").setConfidence(2))
                .addObservations(Observation.newBuilder().setKey("engine").setText("A steam engine turns heat into motion"))
                .addObservations(Observation.newBuilder().setKey("mountain").setText("Snow covers the highest peaks"))).build());
        stream.onCompleted();
        await().atMost(PATIENCE).until(() -> !failures.isEmpty()
                || told.stream().anyMatch(r -> r.getProgress().getDurableThrough() == 4));
        assertThat(failures).isEmpty();
        assertThat(told.stream().flatMap(r -> r.getProgress().getRejectionsList().stream()))
                .singleElement().satisfies(r -> assertThat(r.getNumber()).isEqualTo(2));
        memories.forget(ForgetRequest.newBuilder().setSpace("notes").setKey("tea").build());
    }

    private static RecallResponse recall(ManagedChannel channel, String text) {
        return MemoryServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS)
                .recall(RecallRequest.newBuilder().setSpace("notes").setText(text).build());
    }

    private static io.engram.v1.GetResponse get(ManagedChannel channel, String key) {
        return MemoryServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS)
                .get(GetRequest.newBuilder().setSpace("notes").setKey(key).build());
    }

    private static ManagedChannel channel(Node node) {
        return NettyChannelBuilder.forAddress("127.0.0.1", node.clientPort()).usePlaintext().build();
    }

    private static void ready(NodeConfig config) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + config.listen().ports().http() + "/readyz")).timeout(PATIENCE).build();
            await().atMost(PATIENCE).until(() -> client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200);
        }
    }

    private NodeConfig config() throws IOException {
        return NodeConfigReader.read(
                List.of("--dev", "--data=" + data, "--base.port=" + freePorts(), "--hot.max-bytes=16MiB", "--cold.region-bytes=64MiB"),
                Map.of()).config();
    }

    /// The first of seven ports in a row that nobody has.
    private static int freePorts() throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            int base;
            try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                base = any.getLocalPort();
            }
            if (base < 65_000 && allFree(base)) return base;
        }
        throw new IOException("no seven free ports in a row");
    }

    private static boolean allFree(int base) {
        for (int port = base; port < base + NodeConfig.Ports.COUNT; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                if (!socket.isBound()) return false;
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
