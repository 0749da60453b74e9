package io.engram.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.engram.node.config.NodeConfig;
import io.engram.v1.CreateSpaceRequest;
import io.engram.v1.ForgetRequest;
import io.engram.v1.GetRequest;
import io.engram.v1.GetResponse;
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
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One real node, all engines running, as a client sees it.
@Timeout(240)
class NodeTest {
    @TempDir private Path data;

    @Test void remembers_what_it_was_told_before_it_was_stopped() throws Exception {
        NodeConfig config = TestNode.config(data);
        try (TestNode node = TestNode.open(config)) {
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
        try (TestNode node = TestNode.open(config)) {
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
        NodeConfig config = TestNode.config(data);
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
        await().atMost(TestNode.PATIENCE).until(() -> !failures.isEmpty()
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

    private static GetResponse get(ManagedChannel channel, String key) {
        return MemoryServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS)
                .get(GetRequest.newBuilder().setSpace("notes").setKey(key).build());
    }

    private static ManagedChannel channel(TestNode node) {
        return NettyChannelBuilder.forAddress("127.0.0.1", node.port()).usePlaintext().build();
    }
}
