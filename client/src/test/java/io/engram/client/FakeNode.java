package io.engram.client;

import com.google.protobuf.Duration;
import io.engram.v1.BatchGetRequest;
import io.engram.v1.BatchGetResponse;
import io.engram.v1.ClusterServiceGrpc;
import io.engram.v1.CreateSpaceRequest;
import io.engram.v1.CreateSpaceResponse;
import io.engram.v1.DeleteSpaceRequest;
import io.engram.v1.DeleteSpaceResponse;
import io.engram.v1.ForgetRequest;
import io.engram.v1.ForgetResponse;
import io.engram.v1.GetRequest;
import io.engram.v1.GetResponse;
import io.engram.v1.GetSpaceRequest;
import io.engram.v1.GetSpaceResponse;
import io.engram.v1.GetStatusRequest;
import io.engram.v1.GetStatusResponse;
import io.engram.v1.ListRequest;
import io.engram.v1.ListResponse;
import io.engram.v1.ListSpacesRequest;
import io.engram.v1.ListSpacesResponse;
import io.engram.v1.MemoryServiceGrpc;
import io.engram.v1.ObserveRequest;
import io.engram.v1.ObserveResponse;
import io.engram.v1.PutRequest;
import io.engram.v1.PutResponse;
import io.engram.v1.RecallRequest;
import io.engram.v1.RecallResponse;
import io.engram.v1.SpaceServiceGrpc;
import io.engram.v1.UpdateSpaceRequest;
import io.engram.v1.UpdateSpaceResponse;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One node on loopback. Serves well until told otherwise.
final class FakeNode {
    /// What to do with one unary call.
    sealed interface Misbehaviour {
        /// Refuses; nothing is done.
        record Refuse(StatusRuntimeException with) implements Misbehaviour {}

        /// Does it, and then fails: the caller cannot know.
        record DoThenFail(StatusRuntimeException with) implements Misbehaviour {}

        /// Does it, and never answers.
        record DoThenHang() implements Misbehaviour {}

        /// Never answers.
        record Hang() implements Misbehaviour {}
    }

    static final Misbehaviour HANG = new Misbehaviour.Hang();

    final Queue<Misbehaviour> next = new ConcurrentLinkedQueue<>();
    final List<Object> asked = new CopyOnWriteArrayList<>();
    final List<String> authorizations = new CopyOnWriteArrayList<>();
    /// For every call from now on, after `next` is used up.
    volatile @Nullable Misbehaviour always;
    volatile UnaryOperator<io.engram.v1.Proof> proof = UnaryOperator.identity();
    /// Makes the other end of an ingest stream.
    volatile FakeStream.Faults streamFaults = FakeStream.NONE;
    volatile FakeStream.Limits streamLimits = new FakeStream.Limits(1000, 1 << 20);
    /// Added to the durable mark that is told: a lie.
    volatile LongSupplier streamExcess = () -> 0;
    private final FakeCluster cluster;
    private final String name;
    private final int port;
    private Server server;

    private FakeNode(FakeCluster cluster, String name) throws IOException {
        this.cluster = cluster;
        this.name = name;
        this.server = serve(0);
        this.port = server.getPort();
    }

    static FakeNode start(FakeCluster cluster, String name) {
        try {
            return new FakeNode(cluster, name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Server serve(int onPort) throws IOException {
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), onPort))
                .addService(new Memories())
                .addService(new Cluster())
                .addService(new Spaces())
                .intercept(new Authorization())
                .build()
                .start();
    }

    String name() {
        return name;
    }

    String endpoint() {
        return "127.0.0.1:" + port;
    }

    void stop() {
        server.shutdownNow();
        try {
            server.awaitTermination();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void restart() throws IOException {
        server = serve(port);
    }

    <T> List<T> asked(Class<T> type) {
        return asked.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private <T> void answer(Object request, StreamObserver<T> to, Supplier<T> work) {
        asked.add(request);
        Misbehaviour scripted = next.poll();
        Misbehaviour now = scripted == null ? always : scripted;
        try {
            if (now instanceof Misbehaviour.Hang) return;
            if (now instanceof Misbehaviour.Refuse refuse) throw refuse.with();
            T answer = work.get();
            if (now instanceof Misbehaviour.DoThenHang) return;
            if (now instanceof Misbehaviour.DoThenFail fail) throw fail.with();
            to.onNext(answer);
            to.onCompleted();
        } catch (StatusRuntimeException refused) {
            to.onError(refused);
        }
    }

    private io.engram.v1.Proof proof() {
        return proof.apply(io.engram.v1.Proof.newBuilder()
                .setNode(name)
                .addShards(io.engram.v1.ShardProof.newBuilder()
                        .setApplied(FakeCluster.position(cluster.applied()))
                        .setFreshness(io.engram.v1.Freshness.FRESHNESS_FENCED_LEADER)
                        .setStaleness(Duration.getDefaultInstance())
                        .setTerm(7))
                .build());
    }

    private final class Memories extends MemoryServiceGrpc.MemoryServiceImplBase {
        @Override
        public void put(PutRequest request, StreamObserver<PutResponse> to) {
            answer(request, to, () -> cluster.put(request));
        }

        @Override
        public void forget(ForgetRequest request, StreamObserver<ForgetResponse> to) {
            answer(request, to, () -> cluster.forget(request));
        }

        @Override
        public void get(GetRequest request, StreamObserver<GetResponse> to) {
            answer(request, to, () -> {
                io.engram.v1.Memory memory = cluster.get(request.getKey());
                if (memory == null) throw FakeCluster.refusal(Status.Code.NOT_FOUND, "MEMORY_NOT_FOUND");
                return GetResponse.newBuilder().setMemory(memory).setProof(proof()).build();
            });
        }

        @Override
        public void batchGet(BatchGetRequest request, StreamObserver<BatchGetResponse> to) {
            answer(request, to, () -> {
                var response = BatchGetResponse.newBuilder().setProof(proof());
                for (String key : request.getKeysList()) {
                    io.engram.v1.Memory memory = cluster.get(key);
                    if (memory == null) response.addAbsentKeys(key);
                    else response.addMemories(memory);
                }
                return response.build();
            });
        }

        @Override
        public void list(ListRequest request, StreamObserver<ListResponse> to) {
            answer(request, to, () -> {
                List<io.engram.v1.Memory> rest = cluster.all().stream()
                        .filter(memory -> memory.getKey().startsWith(request.getKeyPrefix()))
                        .filter(memory -> memory.getKey().compareTo(request.getPageToken()) >= 0)
                        .toList();
                var response = ListResponse.newBuilder().setProof(proof()).addAllMemories(rest.stream().limit(request.getPageSize()).toList());
                if (rest.size() > request.getPageSize()) response.setNextPageToken(rest.get(request.getPageSize()).getKey());
                return response.build();
            });
        }

        @Override
        public void recall(RecallRequest request, StreamObserver<RecallResponse> to) {
            answer(request, to, () -> {
                var response = RecallResponse.newBuilder().setProof(proof()).setConsidered(cluster.size());
                cluster.all().stream().limit(request.getK()).forEach(memory ->
                        response.addMatches(io.engram.v1.Match.newBuilder().setMemory(memory).setScore(0.5)));
                return response.build();
            });
        }

        @Override
        public StreamObserver<ObserveRequest> observe(StreamObserver<ObserveResponse> to) {
            return new FakeStream(cluster, to, streamFaults, streamLimits, () -> streamExcess.getAsLong());
        }
    }

    private final class Spaces extends SpaceServiceGrpc.SpaceServiceImplBase {
        @Override
        public void createSpace(CreateSpaceRequest request, StreamObserver<CreateSpaceResponse> to) {
            answer(request, to, () -> CreateSpaceResponse.newBuilder()
                    .setSpace(cluster.spaces.create(request)).setPosition(FakeCluster.position(cluster.nextPosition())).build());
        }

        @Override
        public void getSpace(GetSpaceRequest request, StreamObserver<GetSpaceResponse> to) {
            answer(request, to, () -> GetSpaceResponse.newBuilder()
                    .setSpace(cluster.spaces.get(request.getName())).setProof(proof()).build());
        }

        @Override
        public void listSpaces(ListSpacesRequest request, StreamObserver<ListSpacesResponse> to) {
            answer(request, to, () -> {
                List<io.engram.v1.Space> rest = cluster.spaces.from(request.getPageToken());
                var response = ListSpacesResponse.newBuilder().setProof(proof())
                        .addAllSpaces(rest.stream().limit(request.getPageSize()).toList());
                if (rest.size() > request.getPageSize()) response.setNextPageToken(rest.get(request.getPageSize()).getName());
                return response.build();
            });
        }

        @Override
        public void updateSpace(UpdateSpaceRequest request, StreamObserver<UpdateSpaceResponse> to) {
            answer(request, to, () -> UpdateSpaceResponse.newBuilder()
                    .setSpace(cluster.spaces.update(request)).setPosition(FakeCluster.position(cluster.nextPosition())).build());
        }

        @Override
        public void deleteSpace(DeleteSpaceRequest request, StreamObserver<DeleteSpaceResponse> to) {
            answer(request, to, () -> {
                cluster.spaces.delete(request.getName());
                return DeleteSpaceResponse.newBuilder().setPosition(FakeCluster.position(cluster.nextPosition())).build();
            });
        }
    }

    private final class Cluster extends ClusterServiceGrpc.ClusterServiceImplBase {
        @Override
        public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> to) {
            to.onNext(cluster.status(FakeNode.this));
            to.onCompleted();
        }
    }

    private final class Authorization implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            String header = headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
            authorizations.add(header == null ? "" : header);
            return Contexts.interceptCall(Context.current(), call, headers, next);
        }
    }
}
