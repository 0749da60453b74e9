package io.engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.engram.client.FakeNode.Misbehaviour;
import io.engram.v1.GetRequest;
import io.engram.v1.PutRequest;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Whoever waits for a call when the client is closed is told what became of it.
class ClosingTest {
    private static final Observation NOTE = Observation.builder("v").key("k").build();

    private final FakeCluster cluster = FakeCluster.of(1);
    private final FakeNode node = cluster.node(0);
    private final Engram engram = Engram.builder()
            .endpoints(cluster.endpoints()).discoverMembers(false).deadline(Duration.ofMinutes(5)).closeTimeout(Duration.ofMillis(100)).connect();
    private final MemorySpace notes = engram.space("notes");

    @AfterEach
    void stop() {
        engram.close();
        cluster.close();
    }

    private static void endsAs(CompletableFuture<?> call, Class<? extends EngramException> kind) {
        assertThat(call).failsWithin(30, TimeUnit.SECONDS).withThrowableThat().havingCause().isInstanceOfSatisfying(kind, e ->
                assertThat(e.reason()).isEqualTo("CLIENT_CLOSED"));
    }

    private <T> void hasCome(Class<T> request) {
        await().atMost(60, TimeUnit.SECONDS).until(() -> !node.asked(request).isEmpty());
    }

    @Test
    void a_read_that_a_node_has_not_answered_ends() {
        node.always = FakeNode.HANG;
        CompletableFuture<Answer<Memory>> reading = notes.getAsync("k");
        hasCome(GetRequest.class);
        engram.close();
        endsAs(reading, CancelledException.class);
    }

    @Test
    void a_write_that_a_node_has_not_answered_is_of_unknown_outcome() {
        node.always = new Misbehaviour.DoThenHang();
        CompletableFuture<Written> writing = notes.putAsync(NOTE);
        hasCome(PutRequest.class);
        engram.close();
        endsAs(writing, OutcomeUnknownException.class);
    }

    @Test
    void a_write_that_waits_to_be_tried_again_is_known_not_to_be_made() {
        node.always = new Misbehaviour.Refuse(FakeCluster.refusal(Status.Code.RESOURCE_EXHAUSTED, "OVERLOADED", Duration.ofMinutes(2)));
        CompletableFuture<Written> writing = notes.putAsync(NOTE);
        hasCome(PutRequest.class);
        engram.close();
        endsAs(writing, CancelledException.class);
    }

    @Test
    void a_caller_that_waits_is_let_go() throws InterruptedException {
        node.always = FakeNode.HANG;
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                notes.get("k");
            } catch (EngramException e) {
                told.complete(e);
            }
        });
        caller.start();
        hasCome(GetRequest.class);
        engram.close();
        assertThat(told).succeedsWithin(30, TimeUnit.SECONDS).isInstanceOf(CancelledException.class);
        caller.join(30_000);
    }

    @Test
    void nothing_begins_afterwards() {
        engram.close();
        assertThatThrownBy(() -> notes.put(NOTE)).isInstanceOf(CancelledException.class);
        endsAs(notes.getAsync("k"), CancelledException.class);
        assertThatThrownBy(() -> notes.observe("s")).isInstanceOfSatisfying(CancelledException.class, e ->
                assertThat(e.reason()).isEqualTo("CLIENT_CLOSED"));
    }
}
