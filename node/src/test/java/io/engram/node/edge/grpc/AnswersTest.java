package io.engram.node.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.freshness.Proof;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.Position;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.v1.Freshness;
import io.engram.v1.ReplicaRole;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a client is told of an answer.
class AnswersTest {
    @ParameterizedTest
    @CsvSource({
        "FENCED_LEADER, LEADER, FRESHNESS_FENCED_LEADER, REPLICA_ROLE_LEADER",
        "FENCED_FOLLOWER, FOLLOWER, FRESHNESS_FENCED_FOLLOWER, REPLICA_ROLE_FOLLOWER",
        "PROBED, LEADER, FRESHNESS_PROBED, REPLICA_ROLE_LEADER",
        "PROBED, FOLLOWER, FRESHNESS_PROBED, REPLICA_ROLE_FOLLOWER",
        "UNPROVEN, CANDIDATE, FRESHNESS_UNPROVEN, REPLICA_ROLE_CANDIDATE",
        "UNPROVEN, STOPPED, FRESHNESS_UNPROVEN, REPLICA_ROLE_STOPPED",
        "UNPROVEN, , FRESHNESS_UNPROVEN, REPLICA_ROLE_UNSPECIFIED",
    })
    void a_proof_names_the_role_and_the_shards_that_are_missing(ShardProof.How how, ReplicaView.Role role, Freshness freshness, ReplicaRole told) {
        var shard = new ShardProof(new Position(new ShardId(2), 9), how, Optional.of(Duration.ofMillis(40)), 5, Optional.ofNullable(role));
        var proof = Answers.proof(new Proof(new NodeId("n1"), List.of(shard), List.of(new ShardId(0), new ShardId(3))));
        assertThat(proof.getShards(0).getFreshness()).isEqualTo(freshness);
        assertThat(proof.getShards(0).getRole()).isEqualTo(told);
        assertThat(proof.getShards(0).getApplied().getIndex()).isEqualTo(9);
        assertThat(proof.getMissingShardsList()).containsExactly(0, 3);
    }
}
