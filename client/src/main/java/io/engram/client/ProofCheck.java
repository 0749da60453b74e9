package io.engram.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads the proof of an answer and refuses it if it breaks the consistency asked for.
///
/// What it cannot see: which shards an answer should have covered. It does see that something was covered, and that
/// every memory in the answer lies in a covered shard.
final class ProofCheck {
    private ProofCheck() {}

    /// @throws ProofRejectedException if the proof does not bear the answer out
    static Proof check(io.engram.v1.Proof wire, Consistency asked, boolean partAllowed, List<Memory> memories) {
        Proof proof = read(wire);
        if (!proof.missingShards().isEmpty() && !partAllowed)
            throw ProofRejectedException.because(proof, "asked for a whole answer, shards " + proof.missingShards() + " are missing");
        if (proof.shards().isEmpty() && proof.missingShards().isEmpty())
            throw ProofRejectedException.because(proof, "the answer carries no proof");

        Set<Integer> covered = new HashSet<>();
        for (ShardProof shard : proof.shards())
            if (!covered.add(shard.applied().shard()))
                throw ProofRejectedException.because(proof, "two proofs for shard " + shard.applied().shard());
        for (Memory memory : memories)
            if (!covered.contains(memory.position().shard()))
                throw ProofRejectedException.because(
                        proof, "memory '" + memory.key() + "' is of shard " + memory.position().shard() + ", which no proof covers");

        if (asked instanceof Consistency.AtLeast atLeast) checkApplied(proof, atLeast);
        else for (ShardProof shard : proof.shards()) checkFreshness(proof, shard, asked);
        return proof;
    }

    private static void checkFreshness(Proof proof, ShardProof shard, Consistency asked) {
        int number = shard.applied().shard();
        if (asked instanceof Consistency.Linearizable) {
            boolean fenced = shard.freshness() == Freshness.FENCED_LEADER || shard.freshness() == Freshness.FENCED_FOLLOWER;
            if (!fenced)
                throw ProofRejectedException.because(
                        proof, "asked for linearizable, shard " + number + " was read " + shard.freshness());
            if (!shard.staleness().equals(Optional.of(Duration.ZERO)))
                throw ProofRejectedException.because(
                        proof, "asked for linearizable, shard " + number + " proves staleness " + told(shard.staleness()));
        } else if (asked instanceof Consistency.Bounded bounded) {
            Optional<Duration> staleness = shard.staleness();
            if (shard.freshness() == Freshness.UNPROVEN || staleness.isEmpty())
                throw ProofRejectedException.because(
                        proof, "asked for " + bounded.maxStaleness() + ", shard " + number + " proves no bound");
            if (staleness.get().isNegative() || staleness.get().compareTo(bounded.maxStaleness()) > 0)
                throw ProofRejectedException.because(
                        proof, "asked for " + bounded.maxStaleness() + ", shard " + number + " proves " + told(staleness));
        }
    }

    private static void checkApplied(Proof proof, Consistency.AtLeast asked) {
        Map<Integer, Long> applied = new HashMap<>();
        for (ShardProof shard : proof.shards()) applied.put(shard.applied().shard(), shard.applied().index());
        for (Position position : asked.positions()) {
            Long index = applied.get(position.shard());
            if (index != null && index < position.index())
                throw ProofRejectedException.because(
                        proof, "asked for at least " + position + ", shard had applied " + index);
        }
    }

    private static String told(Optional<Duration> staleness) {
        return staleness.map(Duration::toString).orElse("none");
    }

    private static Proof read(io.engram.v1.Proof wire) {
        return new Proof(wire.getNode(), wire.getShardsList().stream().map(ProofCheck::shard).toList(), wire.getMissingShardsList());
    }

    private static ShardProof shard(io.engram.v1.ShardProof wire) {
        Freshness freshness = switch (wire.getFreshness()) {
            case FRESHNESS_FENCED_LEADER -> Freshness.FENCED_LEADER;
            case FRESHNESS_FENCED_FOLLOWER -> Freshness.FENCED_FOLLOWER;
            case FRESHNESS_PROBED -> Freshness.PROBED;
            // What this client does not know proves nothing to it.
            case FRESHNESS_UNPROVEN, FRESHNESS_UNSPECIFIED, UNRECOGNIZED -> Freshness.UNPROVEN;
        };
        Optional<Duration> staleness = wire.hasStaleness() ? Optional.of(Wire.duration(wire.getStaleness())) : Optional.empty();
        return new ShardProof(
                Wire.position(wire.getApplied()), freshness, staleness, wire.getTerm(), WireStatus.role(wire.getRole()));
    }
}
