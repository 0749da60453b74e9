package io.engram.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.v1.GetRequest;
import io.engram.v1.ListRequest;
import io.engram.v1.RecallRequest;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemorySpaceTest {
    private final FakeCluster cluster = FakeCluster.of(1);
    private final FakeNode node = cluster.node(0);
    private final Engram engram =
            Engram.builder().endpoints(cluster.endpoints()).discoverMembers(false).bearerToken("sesame").connect();
    private final MemorySpace notes = engram.space("notes");

    @AfterEach
    void stop() {
        engram.close();
        cluster.close();
    }

    @Test
    void what_is_put_comes_back_as_it_was() {
        Observation observation = Observation.builder("in the kitchen")
                .key("kettle").vector(1, -0.5f, 0.25f).confidence(0.75)
                .attribute("room", "kitchen").attribute("floor", 2).attribute("warm", true).attribute("litres", 1.5)
                .link(new Link("stove", "stands_on", 0.5))
                .build();
        notes.put(observation);
        Memory memory = notes.get("kettle").value();
        assertThat(memory.text()).isEqualTo("in the kitchen");
        assertThat(memory.vector()).contains(Vector.of(1, -0.5f, 0.25f));
        assertThat(memory.confidence()).isEqualTo(0.75);
        assertThat(memory.attributes()).isEqualTo(observation.attributes());
        assertThat(memory.links()).isEqualTo(observation.links());
        assertThat(memory.tier()).isEqualTo(Tier.HOT);
        assertThat(memory.position()).isEqualTo(new Position(0, 1));
    }

    @Test
    void an_absent_memory_is_not_found_and_that_is_proven() {
        assertThatThrownBy(() -> notes.get("absent")).isInstanceOf(NotFoundException.class);
        assertThat(notes.getAsync("absent")).failsWithin(30, TimeUnit.SECONDS).withThrowableThat().havingCause().isInstanceOf(NotFoundException.class);
        assertThat(notes.find("absent").value()).isEmpty();
        assertThat(notes.find("absent").proof().staleness()).contains(Duration.ZERO);
    }

    @Test
    void futures_give_the_same() {
        Written written = notes.putAsync(Observation.builder("v").key("k").build()).join();
        assertThat(notes.getAsync("k").join().value().version()).isEqualTo(written.version());
        assertThat(notes.batchGetAsync(List.of("k", "absent"), ReadOptions.defaults()).join().value().absentKeys()).containsExactly("absent");
        assertThat(notes.recallAsync(RecallQuery.text("v")).join().value().matches()).hasSize(1);
        assertThat(notes.forgetAsync("k").join().version()).isEqualTo(written.version());
        assertThat(notes.findAsync("k", ReadOptions.defaults()).join().value()).isEmpty();
    }

    @Test
    void conditions_are_checked_by_the_cluster() {
        Written first = notes.put(Observation.builder("a").key("k").build(), WriteOptions.defaults().when(WriteCondition.mustNotExist()));
        notes.put(Observation.builder("b").key("k").build(), WriteOptions.defaults().when(WriteCondition.version(first.version())));
        assertThatThrownBy(() -> notes.put(
                        Observation.builder("c").key("k").build(), WriteOptions.defaults().when(WriteCondition.version(first.version()))))
                .isInstanceOfSatisfying(ConflictException.class, conflict -> {
                    assertThat(conflict.reason()).isEqualTo("VERSION_CONFLICT");
                    assertThat(conflict.currentVersion()).hasValue(2);
                });
    }

    @Test
    void lists_fetch_pages_only_as_they_are_read() {
        for (int i = 0; i < 25; i++) notes.put(Observation.builder("v" + i).key("k%02d".formatted(i)).build());
        Iterator<Memory> memories = notes.list(ListQuery.prefix("k").pageSize(10)).iterator();
        assertThat(node.asked(ListRequest.class)).isEmpty();
        for (int i = 0; i < 10; i++) assertThat(memories.next().key()).isEqualTo("k%02d".formatted(i));
        assertThat(node.asked(ListRequest.class)).hasSize(1);
        assertThat(notes.list(ListQuery.prefix("k").pageSize(10)).map(Memory::key)).hasSize(25).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void questions_go_out_as_they_were_put() {
        Filter filter = Filter.and(Filter.equal("room", "kitchen"), Filter.not(Filter.between("floor", AttributeValue.of(1), AttributeValue.of(2))));
        notes.recall(RecallQuery.vector(Vector.of(1, 2)).k(3).minScore(0.5).filter(filter), ReadOptions.at(Consistency.bounded(Duration.ofMillis(1500))).view(View.KEYS));
        RecallRequest asked = node.asked(RecallRequest.class).get(0);
        assertThat(asked.getK()).isEqualTo(3);
        assertThat(asked.getMinScore()).isEqualTo(0.5);
        assertThat(asked.getVector().toByteArray()).containsExactly(0, 0, 0x80, 0x3f, 0, 0, 0, 0x40);
        assertThat(asked.getView()).isEqualTo(io.engram.v1.View.VIEW_KEYS);
        assertThat(Wire.duration(asked.getConsistency().getBounded().getMaxStaleness())).isEqualTo(Duration.ofMillis(1500));
        assertThat(asked.getFilter().getAnd().getFilters(0).getEquals().getValue().getStringValue()).isEqualTo("kitchen");
        assertThat(asked.getFilter().getAnd().getFilters(1).getNot().getFilter().getRange().getAtMost().getIntValue()).isEqualTo(2);
    }

    @Test
    void a_session_reads_its_own_writes_from_whatever_node() {
        CausalSession session = engram.session();
        Written written = notes.in(session).put(Observation.builder("v").key("k").build());
        MemorySpace elsewhere = engram.space("notes").in(CausalSession.resume(session.token()));
        elsewhere.get("k");
        GetRequest asked = node.asked(GetRequest.class).get(0);
        assertThat(asked.getConsistency().getAtLeast().getPositions(0)).isEqualTo(Wire.position(written.position()));
        // A node that has not come so far must not answer for this session.
        node.proof = good -> good.toBuilder().setShards(0, good.getShards(0).toBuilder().setApplied(FakeCluster.position(0))).build();
        assertThatThrownBy(() -> elsewhere.get("k")).isInstanceOf(ProofRejectedException.class);
    }

    @Test
    void a_session_never_reads_back_in_time() {
        CausalSession session = CausalSession.fresh();
        notes.put(Observation.builder("v").key("k").build());
        notes.in(session).get("k");
        assertThat(session.positions()).containsExactly(new Position(0, 1));
        session.saw(new Position(2, 7));
        session.saw(new Position(2, 6));
        assertThat(session.token()).isEqualTo("c1.0:1.2:7");
        assertThat(CausalSession.resume(session.token()).positions()).isEqualTo(session.positions());
        assertThatThrownBy(() -> CausalSession.resume("c2.0:1")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void every_call_bears_the_token() {
        notes.put(Observation.of("v"));
        assertThat(node.authorizations).isNotEmpty().containsOnly("Bearer sesame");
    }

    @Test
    void status_tells_the_members() {
        ClusterStatus status = engram.cluster().status();
        assertThat(status.node()).isEqualTo("n1");
        assertThat(status.members()).singleElement().satisfies(member -> assertThat(member.endpoint()).isEqualTo(node.endpoint()));
    }
}
