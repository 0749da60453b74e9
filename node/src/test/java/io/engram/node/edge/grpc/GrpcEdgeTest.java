package io.engram.node.edge.grpc;

import static io.engram.node.edge.grpc.EdgeFixture.await;
import static io.engram.node.edge.grpc.EdgeFixture.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.log.OutcomeUnknownException;
import io.engram.grid.log.Position;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.RequestId;
import io.engram.grid.memory.Similarity;
import io.engram.node.config.NodeConfig;
import io.engram.node.edge.grpc.EdgeFixture.Told;
import io.engram.v1.AtLeast;
import io.engram.v1.AttributeValue;
import io.engram.v1.BatchGetRequest;
import io.engram.v1.BatchGetResponse;
import io.engram.v1.Bounded;
import io.engram.v1.ClusterServiceGrpc;
import io.engram.v1.Eventual;
import io.engram.v1.ForgetRequest;
import io.engram.v1.Freshness;
import io.engram.v1.GetRequest;
import io.engram.v1.GetResponse;
import io.engram.v1.GetStatusRequest;
import io.engram.v1.GetStatusResponse;
import io.engram.v1.Linearizable;
import io.engram.v1.Link;
import io.engram.v1.ListRequest;
import io.engram.v1.ListResponse;
import io.engram.v1.ListSpacesRequest;
import io.engram.v1.ListSpacesResponse;
import io.engram.v1.MemberHealth;
import io.engram.v1.Memory;
import io.engram.v1.MemoryServiceGrpc;
import io.engram.v1.MemoryServiceGrpc.MemoryServiceBlockingStub;
import io.engram.v1.Observation;
import io.engram.v1.PutRequest;
import io.engram.v1.RecallRequest;
import io.engram.v1.Space;
import io.engram.v1.SpaceLimits;
import io.engram.v1.SpaceServiceGrpc;
import io.engram.v1.UpdateSpaceRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class GrpcEdgeTest {
    private final FakeStore store = new FakeStore().with("cos", 3, Similarity.COSINE);
    private EdgeFixture fixture = EdgeFixture.open(store);

    @AfterEach void close() {
        fixture.close();
    }

    private MemoryServiceBlockingStub memories() {
        return MemoryServiceGrpc.newBlockingStub(fixture.channel);
    }

    private static PutRequest put(String key, String text) {
        return PutRequest.newBuilder().setSpace("cos").setIdempotencyKey("i-" + key)
                .setObservation(Observation.newBuilder().setKey(key).setText(text).setVector(vector(1, 2, 3))).build();
    }

    @Nested class Domain_and_wire {
        @Test void agree_on_a_memory() {
            var sent = put("k", "text").toBuilder();
            sent.getObservationBuilder().setConfidence(0.25)
                    .setObservedAt(Timestamp.newBuilder().setSeconds(-1).setNanos(5_000_000))
                    .putAttributes("s", AttributeValue.newBuilder().setStringValue("é").build())
                    .putAttributes("i", AttributeValue.newBuilder().setIntValue(Long.MIN_VALUE).build())
                    .putAttributes("d", AttributeValue.newBuilder().setDoubleValue(-0.5).build())
                    .putAttributes("b", AttributeValue.newBuilder().setBoolValue(false).build())
                    .addLinks(Link.newBuilder().setKey("other").setRelation("cites").setWeight(0.5))
                    .addLinks(Link.newBuilder().setKey("third"));
            long version = memories().put(sent.build()).getVersion();
            GetResponse got = memories().get(GetRequest.newBuilder().setSpace("cos").setKey("k").build());
            var memory = got.getMemory();
            assertThat(memory.getVersion()).isEqualTo(version);
            assertThat(memory.getVector()).isEqualTo(vector(1, 2, 3));
            assertThat(memory.getConfidence()).isEqualTo(0.25);
            assertThat(memory.getObservedAt()).isEqualTo(sent.getObservation().getObservedAt());
            assertThat(memory.getAttributesMap()).isEqualTo(sent.getObservation().getAttributesMap());
            assertThat(memory.getLinks(0)).isEqualTo(sent.getObservation().getLinks(0));
            assertThat(memory.getLinks(1).getRelation()).isEqualTo("related");
            assertThat(memory.getLinks(1).getWeight()).isEqualTo(1);
            assertThat(got.getProof().getNode()).isEqualTo("n1");
            assertThat(got.getProof().getShards(0).getFreshness()).isEqualTo(Freshness.FRESHNESS_FENCED_LEADER);
            assertThat(got.getProof().getShards(0).hasStaleness()).isTrue();
            assertThat(got.getProof().getShards(0).getTerm()).isEqualTo(7);
        }

        @Test void agree_on_each_consistency() {
            List<io.engram.v1.Consistency> wire = List.of(
                    io.engram.v1.Consistency.getDefaultInstance(),
                    io.engram.v1.Consistency.newBuilder().setLinearizable(Linearizable.getDefaultInstance()).build(),
                    io.engram.v1.Consistency.newBuilder().setEventual(Eventual.getDefaultInstance()).build(),
                    io.engram.v1.Consistency.newBuilder()
                            .setBounded(Bounded.newBuilder().setMaxStaleness(Duration.newBuilder().setSeconds(2).setNanos(3))).build(),
                    io.engram.v1.Consistency.newBuilder().setAtLeast(AtLeast.newBuilder()
                            .addPositions(io.engram.v1.Position.newBuilder().setShard(3).setIndex(9))).build());
            memories().put(put("k", "x"));
            wire.forEach(c -> memories().get(GetRequest.newBuilder().setSpace("cos").setKey("k").setConsistency(c).build()));
            assertThat(store.consistencies).containsExactly(
                    new Consistency.Linearizable(), new Consistency.Linearizable(), new Consistency.Eventual(),
                    new Consistency.Bounded(java.time.Duration.ofSeconds(2, 3)),
                    new Consistency.AtLeast(List.of(new Position(new ShardId(3), 9))));
        }

        @Test void agree_on_the_cluster() {
            GetStatusResponse status = ClusterServiceGrpc.newBlockingStub(fixture.channel)
                    .getStatus(GetStatusRequest.newBuilder().setWithDigests(true).build());
            assertThat(status.getEmbeddingModel()).isEqualTo("letters");
            assertThat(status.getMembers(0).getHealth()).isEqualTo(MemberHealth.MEMBER_HEALTH_DEGRADED);
            assertThat(status.getMembers(0).getComplaintsList()).containsExactly("hot-down");
            assertThat(status.getMembers(0).getReplicas(0).getDigest()).isEqualTo("abc");
            assertThat(status.getMembers(0).getReplicas(0).getSnapshotIndex()).isZero();
        }
    }

    @Nested class A_request {
        @Test void has_the_same_fingerprint_when_it_is_sent_again_and_another_when_it_is_another() {
            var attributes = put("", "text").toBuilder();
            for (int i = 0; i < 20; i++)
                attributes.getObservationBuilder().putAttributes("a" + i, AttributeValue.newBuilder().setIntValue(i).build());
            var reversed = put("", "text").toBuilder();
            for (int i = 19; i >= 0; i--)
                reversed.getObservationBuilder().putAttributes("a" + i, AttributeValue.newBuilder().setIntValue(i).build());
            var first = memories().put(attributes.build());
            var again = memories().put(reversed.build());
            var other = memories().put(attributes.setSpace("cos").setObservation(attributes.getObservation().toBuilder().setText("x")).build());
            List<RequestId> requests = store.requests;
            assertThat(requests.get(1)).isEqualTo(requests.get(0));
            assertThat(requests.get(2).key()).isEqualTo(requests.get(0).key());
            assertThat(requests.get(2).fingerprint()).isNotEqualTo(requests.get(0).fingerprint());
            // A key that is left empty is made from the idempotency key.
            assertThat(again.getKey()).isEqualTo(first.getKey()).isEqualTo(other.getKey()).isNotEmpty();
        }

        @Test void without_a_name_of_its_own_is_a_new_one_each_time() {
            PutRequest request = put("", "text").toBuilder().clearIdempotencyKey().build();
            assertThat(memories().put(request).getKey()).isNotEqualTo(memories().put(request).getKey());
        }

        @Test void with_text_alone_is_embedded() {
            var sent = PutRequest.newBuilder().setSpace("cos").setObservation(Observation.newBuilder().setKey("k").setText("banana")).build();
            memories().put(sent);
            assertThat(memories().get(GetRequest.newBuilder().setSpace("cos").setKey("k").build()).getMemory().getVector())
                    .isEqualTo(vector(6, 3, 1));
            assertThat(memories().recall(RecallRequest.newBuilder().setSpace("cos").setText("banana").build()).getMatchesCount()).isEqualTo(1);
        }

        @Test void can_forget_what_it_has_put_and_learns_which_keys_are_absent() {
            memories().put(put("a", "x"));
            memories().put(put("b", "x"));
            memories().forget(ForgetRequest.newBuilder().setSpace("cos").setKey("a").build());
            BatchGetResponse got = memories().batchGet(
                    BatchGetRequest.newBuilder().setSpace("cos").addKeys("c").addKeys("b").addKeys("a").build());
            assertThat(got.getMemoriesList()).extracting(Memory::getKey).containsExactly("b");
            assertThat(got.getAbsentKeysList()).containsExactly("c", "a");
        }

        @Test void can_take_away_a_spaces_limit() {
            var spaces = SpaceServiceGrpc.newBlockingStub(fixture.channel);
            var limited = spaces.updateSpace(UpdateSpaceRequest.newBuilder().setName("cos")
                    .setLimits(SpaceLimits.newBuilder().setMaxMemories(5)).build()).getSpace();
            assertThat(limited.getLimits().getMaxMemories()).isEqualTo(5);
            assertThat(limited.getLimits().getSessionIdle().getSeconds()).isEqualTo(3600);
            var free = spaces.updateSpace(UpdateSpaceRequest.newBuilder().setName("cos")
                    .setLimits(SpaceLimits.newBuilder().setMaxMemories(0)).build()).getSpace();
            assertThat(free.getLimits().getMaxMemories()).isZero();
        }
    }

    @Nested class Pages {
        @Test void go_through_everything_once() {
            for (int i = 0; i < 7; i++) memories().put(put("k" + i, "x"));
            List<String> keys = new ArrayList<>();
            String token = "";
            do {
                ListResponse page = memories().list(ListRequest.newBuilder()
                        .setSpace("cos").setKeyPrefix("k").setPageSize(3).setPageToken(token).build());
                page.getMemoriesList().forEach(m -> keys.add(m.getKey()));
                token = page.getNextPageToken();
            } while (!token.isEmpty());
            assertThat(keys).containsExactly("k0", "k1", "k2", "k3", "k4", "k5", "k6");
        }

        @Test void are_cut_to_what_fits_in_a_message() {
            for (int i = 0; i < 40; i++) memories().put(put(String.format("k%02d", i), "t".repeat(60_000)));
            ListResponse first = memories().list(ListRequest.newBuilder().setSpace("cos").build());
            assertThat(first.getSerializedSize()).isLessThanOrEqualTo(1 << 20);
            assertThat(first.getMemoriesCount()).isBetween(15, 17);
            ListResponse second = memories().list(
                    ListRequest.newBuilder().setSpace("cos").setPageToken(first.getNextPageToken()).build());
            assertThat(second.getMemories(0).getKey()).isEqualTo(String.format("k%02d", first.getMemoriesCount()));
        }

        @Test void belong_to_their_query() {
            for (int i = 0; i < 3; i++) memories().put(put("k" + i, "x"));
            String token = memories().list(ListRequest.newBuilder().setSpace("cos").setPageSize(1).build()).getNextPageToken();
            Told told = Told.of(catchThrowable(() -> memories().list(
                    ListRequest.newBuilder().setSpace("cos").setKeyPrefix("k").setPageToken(token).build())));
            assertThat(told.field()).isEqualTo("page_token");
            assertThat(told.message()).contains("query");
            String damaged = token.substring(0, 5) + (token.charAt(5) == 'A' ? "B" : "A") + token.substring(6);
            assertThat(Told.of(catchThrowable(() -> memories().list(
                    ListRequest.newBuilder().setSpace("cos").setPageToken(damaged).build()))).field()).isEqualTo("page_token");
        }

        @Test void of_spaces_end_with_the_last() {
            store.with("b", 3, Similarity.COSINE).with("a", 3, Similarity.COSINE);
            var spaces = SpaceServiceGrpc.newBlockingStub(fixture.channel);
            ListSpacesResponse first = spaces.listSpaces(ListSpacesRequest.newBuilder().setPageSize(2).build());
            assertThat(first.getSpacesList()).extracting(Space::getName).containsExactly("a", "b");
            ListSpacesResponse last = spaces.listSpaces(
                    ListSpacesRequest.newBuilder().setPageSize(2).setPageToken(first.getNextPageToken()).build());
            assertThat(last.getSpacesList()).extracting(Space::getName).containsExactly("cos");
            assertThat(last.getNextPageToken()).isEmpty();
        }

        @Test void are_what_is_left_to_answers_that_would_be_too_large() {
            BatchGetRequest.Builder all = BatchGetRequest.newBuilder().setSpace("cos");
            for (int i = 0; i < 20; i++) {
                memories().put(put("k" + i, "t".repeat(60_000)));
                all.addKeys("k" + i);
            }
            assertThat(Told.of(catchThrowable(() -> memories().batchGet(all.build()))).reason()).isEqualTo("MESSAGE_TOO_LARGE");
        }
    }

    @Nested class A_refusal {
        @Test void of_every_reason_arrives_with_its_code() {
            for (Reason reason : Reason.values()) {
                store.beforeCalls = () -> {
                    throw new RefusedException(reason, "because");
                };
                Told told = Told.of(catchThrowable(() -> memories().put(put("k", "x"))));
                assertThat(told.reason()).isEqualTo(reason.name());
                assertThat(told.code()).isEqualTo(PromisedCodes.OF.get(reason.name()));
                // Whatever is safe to retry by itself, and nothing else, is UNAVAILABLE.
                assertThat(told.code() == Status.Code.UNAVAILABLE).isEqualTo(
                        List.of(Reason.STALE, Reason.NO_LEADER, Reason.REPLICA_NOT_HERE, Reason.NOT_READY).contains(reason));
                assertThat(told.retry() || told.code() != Status.Code.UNAVAILABLE).isTrue();
            }
        }

        @Test void of_a_write_that_broke_says_that_its_outcome_is_unknown() {
            store.beforeCalls = () -> {
                throw new IllegalStateException("a bug");
            };
            assertThat(Told.of(catchThrowable(() -> memories().put(put("k", "x")))).reason()).isEqualTo("OUTCOME_UNKNOWN");
            Told read = Told.of(catchThrowable(() -> memories().get(GetRequest.newBuilder().setSpace("cos").setKey("k").build())));
            assertThat(read.reason()).isEqualTo("INTERNAL");
            assertThat(read.message()).doesNotContain("a bug");
            store.beforeCalls = () -> {
                throw new OutcomeUnknownException("who knows");
            };
            assertThat(Told.of(catchThrowable(() -> memories().put(put("k", "x")))).code()).isEqualTo(Status.Code.UNKNOWN);
        }

        @Test void stays_within_headers_whatever_the_client_sent() {
            var request = put("k", "x").toBuilder();
            request.getObservationBuilder().putAttributes("漢".repeat(100_000), AttributeValue.newBuilder().setBoolValue(true).build());
            Told told = Told.of(catchThrowable(() -> memories().put(request.build())));
            assertThat(told.reason()).isEqualTo("INVALID_ARGUMENT");
            assertThat(told.field()).startsWith("observation.attributes[\"漢").hasSizeLessThan(200);
        }
    }

    @Nested class A_call_that_hangs {
        private final CountDownLatch release = new CountDownLatch(1);

        private void hang() {
            boolean interrupted = false;
            while (true) {
                try {
                    if (release.await(60, TimeUnit.SECONDS)) break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) Thread.currentThread().interrupt();
        }

        @AfterEach void release() {
            release.countDown();
        }

        @Test void ends_with_the_nodes_deadline_although_the_store_does_not() {
            fixture.close();
            var limits = EdgeFixture.limits();
            fixture = EdgeFixture.open(store, Optional.empty(), new NodeConfig.LimitsConfig(limits.message(), 16, 4,
                    limits.inFlight(), limits.streamInFlight(), limits.receiving(), java.time.Duration.ofMillis(200), java.time.Duration.ofSeconds(1)));
            store.beforeCalls = this::hang;
            assertThat(Told.of(catchThrowable(() -> memories().get(GetRequest.newBuilder().setSpace("cos").setKey("k").build()))).reason())
                    .isEqualTo("DEADLINE_EXCEEDED");
            assertThat(Told.of(catchThrowable(() -> memories().put(put("k", "x")))).reason()).isEqualTo("OUTCOME_UNKNOWN");
            // A longer deadline is cut.
            assertThat(Told.of(catchThrowable(() -> memories().withDeadlineAfter(60, TimeUnit.SECONDS).put(put("k", "x")))).reason())
                    .isEqualTo("OUTCOME_UNKNOWN");
        }

        @Test void takes_one_of_so_many_places_and_then_calls_are_refused() {
            store.beforeCalls = this::hang;
            var future = MemoryServiceGrpc.newFutureStub(fixture.channel);
            for (int i = 0; i < 16; i++) {
                var _ = future.get(GetRequest.newBuilder().setSpace("cos").setKey("k").build());
            }
            await().untilAsserted(() -> {
                Told told = Told.of(catchThrowable(() -> memories().get(GetRequest.newBuilder().setSpace("cos").setKey("k").build())));
                assertThat(told.reason()).isEqualTo("OVERLOADED");
                assertThat(told.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                assertThat(told.retry()).isTrue();
            });
            store.beforeCalls = () -> {};
            release.countDown();
            await().until(() -> memories().list(ListRequest.newBuilder().setSpace("cos").build()).isInitialized());
        }
    }

    @Nested class Health {
        @Test void follows_the_node_for_each_service() {
            var health = HealthGrpc.newBlockingStub(fixture.channel);
            for (String service : List.of("", "engram.v1.MemoryService", "engram.v1.SpaceService", "engram.v1.ClusterService")) {
                HealthCheckRequest request = HealthCheckRequest.newBuilder().setService(service).build();
                fixture.edge.healthy(false);
                assertThat(health.check(request).getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
                fixture.edge.healthy(true);
                assertThat(health.check(request).getStatus()).isEqualTo(ServingStatus.SERVING);
            }
        }

        @Test void needs_no_token_but_everything_else_does() {
            fixture.close();
            fixture = EdgeFixture.withToken(store, "hunter2");
            assertThat(HealthGrpc.newBlockingStub(fixture.channel).check(HealthCheckRequest.getDefaultInstance()).getStatus())
                    .isEqualTo(ServingStatus.NOT_SERVING);
            ListRequest list = ListRequest.newBuilder().setSpace("cos").build();
            for (String header : List.of("", "hunter2", "Bearer hunter", "Bearer hunter22", "Basic hunter2")) {
                Told told = Told.of(catchThrowable(() -> with(header).list(list)));
                assertThat(told.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
                assertThat(told.reason()).isEqualTo("UNAUTHENTICATED");
            }
            assertThat(with("Bearer hunter2").list(list).getMemoriesCount()).isZero();
        }

        private MemoryServiceBlockingStub with(String header) {
            Metadata headers = new Metadata();
            if (!header.isEmpty()) headers.put(TokenInterceptor.AUTHORIZATION, header);
            return memories().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        }
    }

    @Test void describes_itself_by_reflection() throws Exception {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(fixture.channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        assertThat(answer.get(30, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
                .extracting(s -> s.getName()).contains("engram.v1.MemoryService", "engram.v1.SpaceService", "grpc.health.v1.Health");
        requests.onCompleted();
    }

    @Test void counts_calls_by_method_and_code_and_refusals_by_reason() {
        memories().put(put("k", "x"));
        assertThat(catchThrowable(() -> memories().get(GetRequest.newBuilder().setSpace("cos").setKey("absent").build()))).isNotNull();
        await().untilAsserted(() -> {
            assertThat(fixture.registry.getSampleValue("engram_calls_total",
                    new String[] {"method", "code"}, new String[] {"engram.v1.MemoryService/Put", "OK"})).isEqualTo(1);
            assertThat(fixture.registry.getSampleValue("engram_refused_total",
                    new String[] {"reason"}, new String[] {"MEMORY_NOT_FOUND"})).isEqualTo(1);
            assertThat(fixture.registry.getSampleValue("engram_call_seconds_count",
                    new String[] {"method"}, new String[] {"engram.v1.MemoryService/Put"})).isEqualTo(1);
        });
    }
}
