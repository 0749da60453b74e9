package io.engram.grid.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.grid.GridConfig.Member;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static List<Member> members(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Member(new NodeId("n" + i), "h", i, 1, 1, 1, 1, 1, 1)).toList();
    }

    @Test
    void replicas_and_leaders_spread_evenly() {
        var placement = new Placement(members(5), 10, 3);
        var leaders = IntStream.range(0, 10)
                .mapToObj(s -> placement.preferredLeader(new ShardId(s)))
                .collect(Collectors.groupingBy(n -> n, Collectors.counting()));
        assertThat(leaders.values()).containsOnly(2L).hasSize(5);
        for (var member : members(5)) assertThat(placement.heldBy(member.node())).hasSize(6);
    }

    @Test
    void the_order_of_the_list_does_not_matter() {
        var one = new Placement(members(4), 8, 3);
        var other = new Placement(members(4).reversed(), 8, 3);
        for (int s = 0; s < 8; s++) assertThat(one.replicas(new ShardId(s))).isEqualTo(other.replicas(new ShardId(s)));
    }

    @Test
    void what_cannot_be_placed_is_refused() {
        assertThatThrownBy(() -> new Placement(members(3), 4, 2)).hasMessageContaining("replication must be odd");
        assertThatThrownBy(() -> new Placement(members(1), 4, 3)).hasMessageContaining("at most the number of members (1)");
        assertThatThrownBy(() -> new Placement(members(3), 0, 3)).hasMessageContaining("shards must be 1..64");
    }
}
