package io.engram.node.edge.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.engram.grid.memory.Embedder;
import io.engram.grid.memory.Embedding;
import io.engram.node.config.Bytes;
import io.engram.node.config.NodeConfig.LimitsConfig;
import io.engram.node.config.NodeConfig.SecurityConfig;
import io.engram.node.config.Secret;
import io.engram.node.text.TextEmbedding;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/// A client edge on loopback in front of a [FakeStore], and a channel to it.
final class EdgeFixture implements AutoCloseable {
    final FakeStore store;
    final CollectorRegistry registry = new CollectorRegistry();
    final TextEmbedding texts;
    final GrpcEdge edge;
    final ManagedChannel channel;

    private EdgeFixture(FakeStore store, Optional<Embedder> embedder, LimitsConfig limits, Optional<Secret> token) {
        this.store = store;
        this.texts = TextEmbedding.start(embedder);
        try {
            this.edge = GrpcEdge.serve(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    new GrpcEdge.Store(store, store, store::status, FakeStore.SHARDS), texts, limits,
                    new SecurityConfig(token, Optional.empty(), Optional.empty()), registry, InstantSource.system());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.channel = NettyChannelBuilder.forAddress("127.0.0.1", edge.port()).usePlaintext().directExecutor()
                .maxInboundMessageSize(64 << 20).build();
    }

    static EdgeFixture open(FakeStore store) {
        return new EdgeFixture(store, Optional.of(new Letters()), limits(), Optional.empty());
    }

    static EdgeFixture open(FakeStore store, Optional<Embedder> embedder, LimitsConfig limits) {
        return new EdgeFixture(store, embedder, limits, Optional.empty());
    }

    static EdgeFixture withToken(FakeStore store, String token) {
        return new EdgeFixture(store, Optional.empty(), limits(), Optional.of(new Secret(token)));
    }

    /// With a deadline that only ends what would hang: a machine that is busy with other things takes its time.
    static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    static LimitsConfig limits() {
        return new LimitsConfig(Bytes.mebibytes(1), 16, 4, Bytes.mebibytes(16), Bytes.mebibytes(1), Bytes.mebibytes(16), Duration.ofSeconds(5),
                Duration.ofSeconds(10));
    }

    @Override
    public void close() {
        channel.shutdownNow();
        edge.close();
        texts.close();
        try {
            channel.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static ByteString vector(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) buffer.putFloat(value);
        return ByteString.copyFrom(buffer.flip());
    }

    /// What a refusal says, in the form the tests compare.
    record Told(Status.Code code, String reason, String field, boolean retry, String message) {
        static Told of(Throwable failure) {
            return of(StatusProto.fromThrowable(failure));
        }

        static Told of(com.google.rpc.Status status) {
            if (status == null) throw new AssertionError("no status");
            String reason = "";
            String field = "";
            boolean retry = false;
            try {
                for (var detail : status.getDetailsList()) {
                    if (detail.is(ErrorInfo.class)) reason = detail.unpack(ErrorInfo.class).getReason();
                    if (detail.is(BadRequest.class)) field = detail.unpack(BadRequest.class).getFieldViolations(0).getField();
                    if (detail.is(RetryInfo.class)) retry = true;
                }
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
            return new Told(Status.fromCodeValue(status.getCode()).getCode(), reason, field, retry, status.getMessage());
        }
    }

    /// Turns a text into the three floats (length, number of vowels, 1): cheap and the same each time.
    static class Letters implements Embedder {
        @Override
        public String model() {
            return "letters";
        }

        @Override
        public int dimension() {
            return 3;
        }

        @Override
        public List<Embedding> embed(List<String> texts) {
            return texts.stream()
                    .map(t -> Embedding.of(t.length(), (float) t.chars().filter(c -> "aeiou".indexOf(c) >= 0).count(), 1))
                    .toList();
        }

        @Override
        public void close() {}
    }
}
