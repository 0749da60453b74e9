package io.engram.grid.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.Position;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.wire.ReadProof;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What one node tells another about an answer.
class QueryFormatTest {
    private static final ShardId SHARD = new ShardId(3);

    @Test
    void a_proof_arrives_as_it_was_sent_whatever_it_proves_and_whoever_gave_it() throws Exception {
        for (ShardProof.How how : ShardProof.How.values())
            for (ReplicaView.Role role : ReplicaView.Role.values()) {
                var staleness = how == ShardProof.How.UNPROVEN ? Optional.<Duration>empty() : Optional.of(Duration.ofNanos(7));
                arrives(new ShardProof(new Position(SHARD, 9), how, staleness, 5, Optional.of(role)));
            }
        arrives(new ShardProof(new Position(SHARD, 9), ShardProof.How.UNPROVEN, Optional.empty(), 0, Optional.empty()));
    }

    private static void arrives(ShardProof proof) throws Exception {
        var bytes = QueryFormat.of(proof).toByteArray();
        assertThat(QueryFormat.from(ReadProof.parseFrom(bytes), SHARD)).isEqualTo(proof);
    }

    /// As nodes of other versions of this wire know it.
    @Test
    void a_role_has_the_number_it_always_had() {
        var proof = new ShardProof(new Position(SHARD, 9), ShardProof.How.PROBED, Optional.of(Duration.ZERO), 5, Optional.of(ReplicaView.Role.LEADER));
        assertThat(QueryFormat.of(proof).getRole()).isEqualTo(1);
        assertThat(QueryFormat.from(QueryFormat.of(proof).toBuilder().setRole(2).build(), SHARD).role()).contains(ReplicaView.Role.FOLLOWER);
    }
}
