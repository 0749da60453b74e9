package io.engram.node.edge.grpc;

import static io.engram.node.edge.grpc.EdgeFixture.await;
import static io.engram.node.edge.grpc.EdgeFixture.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.memory.session.Ingest;
import io.engram.node.config.Bytes;
import io.engram.node.config.NodeConfig.LimitsConfig;
import io.engram.node.edge.grpc.EdgeFixture.Told;
import io.engram.v1.MemoryServiceGrpc;
import io.engram.v1.Observation;
import io.engram.v1.ObservationBatch;
import io.engram.v1.ObserveRequest;
import io.engram.v1.ObserveResponse;
import io.engram.v1.OpenSession;
import io.engram.v1.PressureCause;
import io.engram.v1.Progress;
import io.engram.v1.Rejection;
import io.engram.v1.SessionOpened;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ObserveTest {
    private final FakeStore store = new FakeStore()
            .with("cos", 3, Similarity.COSINE)
            .with("wide", 5, Similarity.COSINE)
            .with("brief", 3, Similarity.COSINE, new SpaceLimits(Duration.ofSeconds(1), 0, 10));
    private EdgeFixture fixture = EdgeFixture.open(store);

    @AfterEach void close() {
        fixture.close();
    }

    private void reopen(LimitsConfig limits) {
        fixture.close();
        fixture = EdgeFixture.open(store, Optional.of(new EdgeFixture.Letters()), limits);
    }

    @Nested class Opening {
        @Test void tells_where_to_go_on_and_grants_credit() {
            Client client = client();
            SessionOpened opened = client.open("cos", "s");
            assertThat(opened.getDurableThrough()).isZero();
            assertThat(opened.getCredit().getThroughNumber()).isPositive();
            assertThat(opened.getCredit().getInFlightBytes()).isEqualTo(1 << 20);
        }

        @Test void must_come_first() {
            Client client = client();
            client.send(batch(1, good("a")));
            client.endsWith(Status.Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", "open");
        }

        @Test void must_come_before_the_end() {
            Client client = client();
            client.complete();
            client.endsWith(Status.Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", "open");
        }

        @Test void must_come_only_once() {
            Client client = client();
            client.open("cos", "s");
            client.send(open("cos", "s"));
            client.endsWith(Status.Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", "open");
        }

        @Test void is_refused_with_a_bad_session() {
            Client client = client();
            client.send(open("cos", "has space"));
            client.endsWith(Status.Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", "open.session");
        }

        @Test void is_refused_in_a_space_that_is_not_there() {
            Client client = client();
            client.send(open("absent", "s"));
            client.endsWith(Status.Code.NOT_FOUND, "SPACE_NOT_FOUND", "");
        }

        @Test void is_refused_once_there_are_as_many_streams_as_may_be() {
            List<Client> open = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                open.add(client());
                open.getLast().open("cos", "s" + i);
            }
            client().endsWith(Status.Code.RESOURCE_EXHAUSTED, "OVERLOADED", "");
            open.getFirst().complete();
            open.getFirst().completes();
            await().untilAsserted(() -> assertThat(streamsOpen()).isEqualTo(3));
            client().open("cos", "another");
        }

        @Test void by_a_newer_stream_ends_the_older_one() {
            Client older = client();
            older.open("cos", "s");
            Client newer = client();
            newer.open("cos", "s");
            older.endsWith(Status.Code.ABORTED, "SESSION_BUSY", "");
            newer.send(batch(1, good("a")));
            newer.durable(1);
            await().until(() -> store.ingests.getFirst().closed);
            assertThat(store.ingests.getLast().closed).isFalse();
        }
    }

    @Nested class A_batch {
        @Test void is_acknowledged_in_order_with_its_position() {
            Client client = client();
            client.open("cos", "s");
            for (int i = 0; i < 50; i++) client.send(batch(1 + i * 2L, good("a" + i), good("b" + i)));
            client.complete();
            client.completes();
            assertThat(client.progress().stream().map(Progress::getDurableThrough)).isSorted().last().isEqualTo(100L);
            assertThat(client.progress().getLast().getPositions(0).getIndex()).isEqualTo(100);
            assertThat(store.ingests.getFirst().batches).extracting(FakeIngest.Batch::first).isSorted().hasSize(50);
        }

        @Test void with_a_bad_observation_loses_only_that_one() {
            Client client = client();
            client.open("cos", "s");
            client.send(batch(1, good("a"), good("b").toBuilder().setConfidence(7).build(),
                    good("c").toBuilder().setVector(vector(1, 2)).build(), good("d")));
            client.durable(4);
            List<Rejection> rejected = client.rejections();
            assertThat(rejected).extracting(Rejection::getNumber).containsExactly(2L, 3L);
            assertThat(Told.of(rejected.getFirst().getStatus()))
                    .extracting(Told::code, Told::reason, Told::field)
                    .containsExactly(Status.Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", "observation.confidence");
            assertThat(Told.of(rejected.getLast().getStatus()).reason()).isEqualTo("DIMENSION_MISMATCH");
            client.send(batch(5, good("e")));
            client.durable(5);
        }

        @Test void that_leaves_a_gap_ends_the_stream() {
            Client client = client();
            client.open("cos", "s");
            client.send(batch(2, good("a")));
            client.endsWith(Status.Code.FAILED_PRECONDITION, "SESSION_GAP", "batch.first_number");
        }

        @Test void that_came_before_is_not_taken_again() {
            Client client = client();
            client.open("cos", "s");
            client.send(batch(1, good("a"), good("b")));
            client.durable(2);
            client.send(batch(1, good("a"), good("b")));
            client.send(batch(2, good("b"), good("c")));
            client.durable(3);
            assertThat(store.ingests.getFirst().batches).extracting(FakeIngest.Batch::first).containsExactly(1L, 3L);
        }

        @Test void without_observations_ends_the_stream() {
            Client client = client();
            client.open("cos", "s");
            client.send(batch(1));
            client.endsWith(Status.Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", "batch.observations");
        }

        @Test void of_more_than_1024_ends_the_stream() {
            Client client = client();
            client.open("cos", "s");
            client.send(batch(1, Collections.nCopies(1025, good("a")).toArray(Observation[]::new)));
            client.endsWith(Status.Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", "batch.observations");
        }

        @Test void that_acknowledges_what_was_not_told_ends_the_stream() {
            Client client = client();
            client.open("cos", "s");
            client.send(ObserveRequest.newBuilder()
                    .setBatch(ObservationBatch.newBuilder().setFirstNumber(1).addObservations(good("a")).setAcknowledgedThrough(1))
                    .build());
            client.endsWith(Status.Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", "batch.acknowledged_through");
        }

        @Test void that_the_store_cannot_take_ends_the_stream_with_the_reason() {
            Client client = client();
            client.open("cos", "s");
            store.ingests.getFirst().held();
            client.send(batch(1, good("a")));
            FakeIngest.Batch batch = nextBatch(0);
            batch.taken().completeExceptionally(
                    new RefusedException(Reason.OUTCOME_UNKNOWN, "who knows"));
            client.endsWith(Status.Code.UNKNOWN, "OUTCOME_UNKNOWN", "");
            await().until(() -> store.ingests.getFirst().closed);
        }

        @Test void gets_the_same_made_up_key_when_it_is_sent_again() {
            Client client = client();
            client.open("cos", "s");
            client.send(batch(1, good(""), good("")));
            client.durable(2);
            Client again = client();
            again.open("cos", "s");
            again.send(batch(1, good(""), good("")));
            again.durable(2);
            assertThat(keys(1)).isEqualTo(keys(0)).doesNotHaveDuplicates();
        }

        private List<String> keys(int ingest) {
            return store.ingests.get(ingest).batches.getFirst().items().stream()
                    .map(item -> ((Ingest.Item.Good) item).observation().key().value()).toList();
        }
    }

    @Nested class Credit {
        @Test void never_shrinks_and_grows_with_what_is_durable() {
            Client client = client();
            long first = client.open("cos", "s").getCredit().getThroughNumber();
            for (int i = 0; i < 20; i++) client.send(batch(1 + i * 100L, many(100)));
            client.durable(2000);
            List<Long> through = client.progress().stream().map(p -> p.getCredit().getThroughNumber()).toList();
            assertThat(through).isSorted();
            assertThat(through.getLast()).isEqualTo(first + 2000);
        }

        @Test void may_not_be_exceeded() {
            Client client = client();
            long through = client.open("cos", "s").getCredit().getThroughNumber();
            store.ingests.getFirst().held();
            long next = 1;
            for (; next + 999 <= through; next += 1000) client.send(batch(next, many(1000)));
            client.send(batch(next, many(1000)));
            client.endsWith(Status.Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", "batch.observations");
        }
    }

    @Nested class Memory {
        @Test void stays_bounded_when_the_store_is_slower_than_the_client() {
            Client client = client();
            client.open("cos", "s");
            FakeIngest ingest = store.ingests.getFirst().held();
            // 8 MiB in all, against 1 MiB that a stream may have in flight.
            int batches = 32;
            for (int i = 0; i < batches; i++) client.send(batch(1 + i * 4L, large(), large(), large(), large()));
            client.complete();
            await().untilAsserted(() -> assertThat(bytesInFlight()).isGreaterThanOrEqualTo(1 << 20));
            // What was read beyond the limit is one message at most.
            assertThat(bytesInFlight()).isLessThan((1 << 20) + 300_000);
            assertThat(ingest.batches.size()).isLessThan(8);
            for (int i = 0; i < batches; i++) {
                nextBatch(i).complete();
                assertThat(bytesInFlight()).isLessThan((1 << 20) + 300_000);
            }
            client.completes();
            assertThat(client.progress().getLast().getDurableThrough()).isEqualTo(batches * 4L);
            await().untilAsserted(() -> assertThat(bytesInFlight()).isZero());
        }

        @Test void pressure_is_told_with_its_cause_and_a_rate() {
            Client client = client();
            client.open("cos", "s");
            FakeIngest ingest = store.ingests.getFirst().held();
            for (int i = 0; i < 8; i++) client.send(batch(1 + i * 4L, large(), large(), large(), large()));
            nextBatch(0).complete();
            await().untilAsserted(() -> assertThat(client.progress()).anySatisfy(p -> {
                assertThat(p.getPressure().getCause()).isEqualTo(PressureCause.PRESSURE_CAUSE_LOG);
                assertThat(p.getPressure().getSuggestedRate()).isPositive();
            }));
            ingest.atOnce = true;
            ingest.batches.forEach(FakeIngest.Batch::complete);
            client.durable(32);
            assertThat(client.progress().getLast().hasPressure()).isFalse();
        }

        @Test void is_given_back_when_a_client_goes_away() {
            Client client = client();
            client.open("cos", "s");
            store.ingests.getFirst().held();
            client.send(batch(1, large()));
            FakeIngest.Batch held = nextBatch(0);
            client.cancel();
            await().untilAsserted(() -> assertThat(streamsOpen()).isZero());
            // The store still has the batch.
            assertThat(bytesInFlight()).isPositive();
            held.complete();
            await().untilAsserted(() -> assertThat(bytesInFlight()).isZero());
            await().until(() -> store.ingests.getFirst().closed);
        }

        @Test void of_the_node_is_shared_and_streams_wait_for_it() {
            reopen(new LimitsConfig(Bytes.mebibytes(1), 16, 4, Bytes.mebibytes(1), Bytes.mebibytes(1), Bytes.mebibytes(16), Duration.ofSeconds(5),
                    Duration.ofSeconds(10)));
            Client one = client();
            one.open("cos", "one");
            Client two = client();
            two.open("cos", "two");
            store.ingests.forEach(FakeIngest::held);
            // Half a MiB is what the streams may have under way, a quarter what may wait, or one batch of any size.
            one.send(batch(1, large(), large(), large(), large(), large(), large(), large(), large()));
            await().until(() -> !store.ingests.getFirst().batches.isEmpty());
            two.send(batch(1, large(), large(), large(), large(), large(), large(), large(), large()));
            await().untilAsserted(() -> assertThat(two.progress()).anySatisfy(
                    p -> assertThat(p.getPressure().getCause()).isEqualTo(PressureCause.PRESSURE_CAUSE_MEMORY)));
            assertThat(store.ingests.getLast().batches).isEmpty();
            assertThat(fixture.registry.getSampleValue("engram_streams_waiting_bytes")).isGreaterThan(400_000);
            Client three = client();
            three.open("cos", "three");
            three.send(batch(1, large()));
            three.endsWith(Status.Code.RESOURCE_EXHAUSTED, "OVERLOADED", "");
            store.ingests.getFirst().batches.getFirst().complete();
            await().until(() -> !store.ingests.get(1).batches.isEmpty());
            store.ingests.get(1).batches.getFirst().complete();
            two.durable(8);
        }

        @Test void stays_bounded_when_the_client_does_not_listen() {
            Client client = new Client(true);
            client.next();
            client.open("cos", "s");
            // Every one is rejected with some 300 bytes: 9 MB of news that nobody takes.
            Observation bad = good("a").toBuilder().setConfidence(7).build();
            for (int i = 0; i < 30; i++)
                client.send(batch(1 + i * 1000L, Collections.nCopies(1000, bad).toArray(Observation[]::new)));
            // It stops taking batches: one megabyte of news is on its way, some thousand wait, the rest is still the client's.
            FakeIngest ingest = store.ingests.getFirst();
            await().until(() -> ingest.batches.size() > 4);
            await().during(Duration.ofMillis(500)).until(() -> ingest.batches.size() < 15);
            // Had it taken more, it would have ended the stream for sending beyond the credit that was told.
            assertThat(streamsOpen()).isEqualTo(1);
        }
    }

    @Nested class Text {
        @Test void is_embedded_on_the_way() {
            Client client = client();
            client.open("cos", "s");
            client.send(batch(1, good("a"), Observation.newBuilder().setKey("b").setText("banana").build(), good("c")));
            client.durable(3);
            Ingest.Item item = store.ingests.getFirst().batches.getFirst().items().get(1);
            assertThat(((Ingest.Item.Good) item).observation().vector()).contains(Embedding.of(6, 3, 1));
        }

        @Test void is_rejected_where_no_node_could_embed_it() {
            Client client = client();
            client.open("wide", "s");
            client.send(batch(1, Observation.newBuilder().setText("banana").build()));
            client.durable(1);
            assertThat(Told.of(client.rejections().getFirst().getStatus()).reason()).isEqualTo("SPACE_DOES_NOT_EMBED");
        }

        @Test void ends_the_stream_at_a_node_without_a_model() {
            fixture.close();
            fixture = EdgeFixture.open(store, Optional.empty(), EdgeFixture.limits());
            Client client = client();
            client.open("cos", "s");
            client.send(batch(1, Observation.newBuilder().setText("banana").build()));
            client.endsWith(Status.Code.FAILED_PRECONDITION, "SPACE_DOES_NOT_EMBED", "observation.vector");
        }

        @Test void that_waits_for_the_model_holds_up_what_comes_after_it_and_keeps_the_order() {
            CountDownLatch model = new CountDownLatch(1);
            fixture.close();
            fixture = EdgeFixture.open(store, Optional.of(new EdgeFixture.Letters() {
                @Override
                public List<Embedding> embed(List<String> texts) {
                    try {
                        model.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return super.embed(texts);
                }
            }), EdgeFixture.limits());
            Client client = client();
            client.open("cos", "s");
            client.send(batch(1, Observation.newBuilder().setText("banana").build()));
            for (int i = 0; i < 40; i++) client.send(batch(2 + i, good("a")));
            await().untilAsserted(() -> assertThat(client.progress()).anySatisfy(
                    p -> assertThat(p.getPressure().getCause()).isEqualTo(PressureCause.PRESSURE_CAUSE_EMBEDDING)));
            assertThat(store.ingests.getFirst().batches).isEmpty();
            model.countDown();
            client.durable(41);
            assertThat(store.ingests.getFirst().batches).extracting(FakeIngest.Batch::first).isSorted().startsWith(1L);
        }
    }

    @Nested class The_end {
        @Test void comes_after_everything_is_durable() {
            Client client = client();
            client.open("cos", "s");
            store.ingests.getFirst().held();
            client.send(batch(1, good("a")));
            client.complete();
            FakeIngest.Batch batch = nextBatch(0);
            assertThat(client.ended).isFalse();
            batch.complete();
            client.completes();
            assertThat(client.progress().getLast().getDurableThrough()).isEqualTo(1);
        }

        @Test void comes_to_a_stream_that_is_silent_for_longer_than_its_session_lives() {
            Client client = client();
            client.open("brief", "s");
            client.endsWith(Status.Code.FAILED_PRECONDITION, "SESSION_EXPIRED", "");
        }

        @Test void comes_with_a_reason_to_ask_elsewhere_when_the_node_stops() {
            Client client = client();
            client.open("cos", "s");
            fixture.edge.close();
            client.endsWith(Status.Code.UNAVAILABLE, "NOT_READY", "");
        }
    }

    private FakeIngest.Batch nextBatch(int index) {
        await().until(() -> store.ingests.getFirst().batches.size() > index);
        return store.ingests.getFirst().batches.get(index);
    }

    private double bytesInFlight() {
        return fixture.registry.getSampleValue("engram_streams_in_flight_bytes");
    }

    private double streamsOpen() {
        return fixture.registry.getSampleValue("engram_streams_open");
    }

    private static Observation good(String key) {
        return Observation.newBuilder().setKey(key).setVector(vector(1, 2, 3)).build();
    }

    /// 64 KiB.
    private static Observation large() {
        return good("k").toBuilder().setText("t".repeat((64 << 10) - 64)).build();
    }

    private static Observation[] many(int count) {
        return Collections.nCopies(count, good("k")).toArray(Observation[]::new);
    }

    private static ObserveRequest open(String space, String session) {
        return ObserveRequest.newBuilder().setOpen(OpenSession.newBuilder().setSpace(space).setSession(session)).build();
    }

    private static ObserveRequest batch(long first, Observation... observations) {
        UnaryOperator<ObservationBatch.Builder> fill = b -> b.addAllObservations(List.of(observations));
        return ObserveRequest.newBuilder().setBatch(fill.apply(ObservationBatch.newBuilder().setFirstNumber(first))).build();
    }

    private Client client() {
        return new Client(false);
    }

    /// A client that sends what it is told to, whatever the credit says.
    private final class Client implements ClientResponseObserver<ObserveRequest, ObserveResponse> {
        private final boolean deaf;
        private final List<ObserveResponse> told = new CopyOnWriteArrayList<>();
        private @Nullable ClientCallStreamObserver<ObserveRequest> requests;
        private volatile @Nullable Throwable failure;
        private volatile boolean ended;

        /// @param deaf takes only what is asked for with [#next]
        Client(boolean deaf) {
            this.deaf = deaf;
            MemoryServiceGrpc.newStub(fixture.channel).observe(this);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<ObserveRequest> stream) {
            requests = stream;
            if (deaf) stream.disableAutoRequestWithInitial(0);
        }

        private ClientCallStreamObserver<ObserveRequest> requests() {
            return Objects.requireNonNull(requests);
        }

        void next() {
            requests().request(1);
        }

        @Override
        public void onNext(ObserveResponse response) {
            told.add(response);
        }

        @Override
        public void onError(Throwable t) {
            failure = t;
            ended = true;
        }

        @Override
        public void onCompleted() {
            ended = true;
        }

        void send(ObserveRequest request) {
            requests().onNext(request);
        }

        void complete() {
            requests().onCompleted();
        }

        void cancel() {
            requests().cancel("gone", null);
        }

        SessionOpened open(String space, String session) {
            send(ObserveTest.open(space, session));
            await().until(() -> ended || !told.isEmpty());
            assertThat(failure).isNull();
            return told.getFirst().getOpened();
        }

        List<Progress> progress() {
            return told.stream().filter(ObserveResponse::hasProgress).map(ObserveResponse::getProgress).toList();
        }

        List<Rejection> rejections() {
            return progress().stream().flatMap(p -> p.getRejectionsList().stream()).toList();
        }

        void durable(long number) {
            await().until(() -> ended || progress().stream().anyMatch(p -> p.getDurableThrough() >= number));
            assertThat(failure).isNull();
        }

        void completes() {
            await().until(() -> ended);
            assertThat(failure).isNull();
        }

        void endsWith(Status.Code code, String reason, String field) {
            await().until(() -> ended);
            Told end = Told.of(Objects.requireNonNull(failure, "the stream ended well"));
            assertThat(end.reason()).as(end.toString()).isEqualTo(reason);
            assertThat(end.code()).isEqualTo(code);
            assertThat(end.field()).isEqualTo(field);
        }
    }
}
