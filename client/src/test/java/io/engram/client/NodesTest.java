package io.engram.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.inprocess.InProcessChannelBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodesTest {
    private static final Duration QUIET = Duration.ofMillis(700);
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final AtomicLong now = new AtomicLong();
    private final Nodes nodes =
            new Nodes(Set.of("a:1", "b:1"), endpoint -> InProcessChannelBuilder.forName(endpoint).directExecutor().build(), now::get);
    private final NodeLink one = nodes.all().get(0);
    private final NodeLink other = nodes.all().get(1);

    @AfterEach
    void close() {
        nodes.close().forEach(channel -> channel.shutdownNow());
    }

    private NodeLink chosen() {
        return nodes.choose(Optional.empty(), List.of());
    }

    private static ClusterStatus.Member member(String name, boolean reachable) {
        return new ClusterStatus.Member(name, name + ":1", reachable, ClusterStatus.Health.UNKNOWN, List.of(), "", Duration.ZERO, List.of(), List.of(), 0, 0, 0);
    }

    @Test
    void a_member_that_the_others_do_not_reach_is_taken_in_when_they_do() {
        nodes.members(List.of(member("c", false)));
        assertThat(nodes.all()).hasSize(2);
        nodes.members(List.of(member("c", true)));
        assertThat(nodes.all()).hasSize(3);
        // And stays: it is a member.
        nodes.members(List.of(member("c", false)));
        assertThat(nodes.all()).hasSize(3);
    }

    @Test
    void a_node_in_doubt_is_set_aside_for_a_while_and_doubted_by_one_at_a_time() {
        assertThat(nodes.doubt(one, QUIET, LIMIT)).isTrue();
        assertThat(nodes.doubt(one, QUIET, LIMIT)).isFalse();
        for (int i = 0; i < 4; i++) assertThat(chosen()).isSameAs(other);
        now.addAndGet(LIMIT.toNanos());
        assertThat(List.of(chosen(), chosen())).contains(one);
    }

    @Test
    void a_node_that_was_just_heard_is_not_doubted() {
        nodes.answered(one);
        assertThat(nodes.doubt(one, QUIET, LIMIT)).isFalse();
        now.addAndGet(QUIET.toNanos() + 1);
        assertThat(nodes.doubt(one, QUIET, LIMIT)).isTrue();
    }

    @Test
    void a_silent_node_is_asked_last_until_it_is_heard() {
        nodes.silent(one);
        now.addAndGet(Duration.ofHours(1).toNanos());
        for (int i = 0; i < 4; i++) assertThat(chosen()).isSameAs(other);
        assertThat(nodes.another(List.of(other))).isFalse();
        nodes.answered(one);
        assertThat(List.of(chosen(), chosen())).contains(one);
    }

    @Test
    void a_new_connection_gets_its_time_before_it_is_given_up_too() {
        assertThat(nodes.worthRedialling(one)).isTrue();
        assertThat(nodes.worthRedialling(one)).isFalse();
        now.addAndGet(Duration.ofSeconds(4).toNanos());
        assertThat(nodes.worthRedialling(one)).isTrue();
    }
}
