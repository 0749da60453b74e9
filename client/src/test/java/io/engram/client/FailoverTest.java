package io.engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.engram.v1.GetRequest;
import io.engram.v1.PutRequest;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FailoverTest {
    private final FakeCluster cluster = FakeCluster.of(3);

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void a_node_that_refuses_connections_is_passed_over_for_reads_and_writes() throws IOException {
        try (Engram engram = Engram.builder().endpoints(deadEndpoint() + "," + cluster.node(0).endpoint()).discoverMembers(false).connect()) {
            MemorySpace notes = engram.space("notes");
            for (int i = 0; i < 20; i++) {
                notes.put(Observation.builder("v" + i).key("k").build());
                assertThat(notes.get("k").value().text()).isEqualTo("v" + i);
            }
        }
    }

    @Test
    void calls_go_on_when_a_node_dies_and_use_it_again_when_it_is_back() throws IOException {
        try (Engram engram = Engram.builder().endpoints(cluster.endpoints()).discoverMembers(false).connect()) {
            MemorySpace notes = engram.space("notes");
            notes.put(Observation.builder("v").key("k").build());
            cluster.node(1).stop();
            for (int i = 0; i < 30; i++) assertThat(notes.get("k").value().text()).isEqualTo("v");
            cluster.node(1).asked.clear();
            cluster.node(1).restart();
            await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> {
                notes.get("k");
                assertThat(cluster.node(1).asked).isNotEmpty();
            });
        }
    }

    @Test
    void a_node_that_hangs_leaves_time_for_another_within_the_deadline() {
        cluster.node(0).always = FakeNode.HANG;
        cluster.node(1).always = FakeNode.HANG;
        try (Engram engram = Engram.builder().endpoints(cluster.endpoints()).discoverMembers(false).deadline(Duration.ofSeconds(8)).connect()) {
            Written written = engram.space("notes").put(Observation.builder("v").key("k").build());
            assertThat(written.key()).isEqualTo("k");
            assertThat(cluster.size()).isOne();
        }
    }

    @Test
    void a_node_that_cannot_prove_the_bound_sends_us_to_one_that_can() {
        put("k", "v");
        cluster.node(0).always = new FakeNode.Misbehaviour.Refuse(FakeCluster.refusal(Status.Code.UNAVAILABLE, "STALE", Duration.ofSeconds(60)));
        cluster.node(1).always = cluster.node(0).always;
        try (Engram engram = Engram.builder().endpoints(cluster.endpoints()).discoverMembers(false).connect()) {
            for (int i = 0; i < 6; i++)
                assertThat(engram.space("notes").get("k", ReadOptions.at(Consistency.bounded(Duration.ofSeconds(1)))).proof().node())
                        .isEqualTo("n3");
        }
    }

    @Test
    void stale_everywhere_is_said_so() {
        for (FakeNode node : cluster.nodes)
            node.always = new FakeNode.Misbehaviour.Refuse(FakeCluster.refusal(Status.Code.UNAVAILABLE, "STALE", Duration.ofMillis(20)));
        // The attempts come to their end before the deadline does: it would cut the last one off, and that is another failure.
        RetryPolicy quick = RetryPolicy.standard().backoff(Duration.ofMillis(1), Duration.ofMillis(5));
        try (Engram engram = Engram.builder().endpoints(cluster.endpoints()).discoverMembers(false).deadline(Duration.ofSeconds(60)).retry(quick).connect()) {
            assertThatThrownBy(() -> engram.space("notes").get("k", ReadOptions.at(Consistency.bounded(Duration.ofSeconds(1)))))
                    .isInstanceOfSatisfying(StaleException.class, stale -> assertThat(stale.reason()).isEqualTo("STALE"));
        }
    }

    @Test
    void members_that_were_not_named_are_found_and_used() {
        try (Engram engram = Engram.connect(cluster.node(0).endpoint())) {
            MemorySpace notes = engram.space("notes");
            notes.put(Observation.builder("v").key("k").build());
            await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> {
                for (int i = 0; i < 3; i++) notes.recall("v", 1);
                assertThat(cluster.nodes).allSatisfy(node -> assertThat(node.asked).isNotEmpty());
            });
            cluster.node(0).stop();
            for (int i = 0; i < 10; i++) assertThat(notes.get("k").value().text()).isEqualTo("v");
        }
    }

    @Test
    void reads_of_a_key_settle_on_the_node_that_leads_its_shard() {
        put("k", "v");
        for (FakeNode node : cluster.nodes) node.proof = proof -> proof.toBuilder().setNode("n2").build();
        try (Engram engram = Engram.connect(cluster.endpoints())) {
            MemorySpace notes = engram.space("notes");
            await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> {
                notes.get("k");
                cluster.nodes.forEach(node -> node.asked.clear());
                for (int i = 0; i < 9; i++) notes.get("k");
                assertThat(cluster.node(1).asked(GetRequest.class)).hasSize(9);
            });
        }
    }

    private void put(String key, String text) {
        cluster.put(PutRequest.newBuilder()
                .setIdempotencyKey("set-up-" + key)
                .setObservation(io.engram.v1.Observation.newBuilder().setKey(key).setText(text))
                .build());
    }

    private static String deadEndpoint() throws IOException {
        try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + unused.getLocalPort();
        }
    }
}
