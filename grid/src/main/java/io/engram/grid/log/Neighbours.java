package io.engram.grid.log;

import io.engram.grid.wire.MembershipAnswer;
import io.engram.grid.wire.MembershipAnswer.Standing;
import io.engram.grid.wire.MembershipQuestion;
import io.engram.grid.wire.MembershipQuestion.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The other nodes that hold a shard, as a replica asks them about itself. Blocks: for the replica's own thread.
final class Neighbours {
    private static final Duration STANDING = Duration.ofSeconds(2);

    /// Joining ends when the replica has caught up; Ratis gives up earlier if it makes no progress.
    private static final Duration CHANGE = Duration.ofSeconds(30);

    private final NodeId self;
    private final List<NodeId> others;
    private final MembershipClient client;
    private final MonotonicClock clock;
    private Optional<NodeId> leader = Optional.empty();

    Neighbours(NodeId self, List<NodeId> others, MembershipClient client, MonotonicClock clock) {
        this.self = self;
        this.others = List.copyOf(others);
        this.client = client;
        this.clock = clock;
    }

    /// @param exists someone has taken part in the shard
    /// @param silent who did not answer, or does not hold the shard by its own configuration
    record Verdict(boolean exists, List<NodeId> silent) {}

    boolean none() {
        return others.isEmpty();
    }

    Verdict standings(ShardId shard) {
        var asked = new LinkedHashMap<NodeId, CompletableFuture<MembershipAnswer>>();
        for (var other : others) asked.put(other, send(other, shard, Step.STEP_STANDING, STANDING));
        boolean exists = false;
        var silent = new ArrayList<NodeId>();
        for (Map.Entry<NodeId, CompletableFuture<MembershipAnswer>> one : asked.entrySet()) {
            var answer = wait(one.getValue(), STANDING);
            var standing = answer.map(MembershipAnswer::getStanding).orElse(Standing.UNRECOGNIZED);
            switch (standing) {
                case STANDING_MEMBER, STANDING_RETURNING -> exists = true;
                case STANDING_FRESH -> {}
                case STANDING_UNSPECIFIED, STANDING_NOT_HELD, UNRECOGNIZED -> silent.add(one.getKey());
            }
        }
        return new Verdict(exists, silent);
    }

    /// Asks whoever leads; follows hints, and tries everybody.
    MembershipAnswer ask(ShardId shard, Step step) {
        var said = new ArrayList<String>();
        var toAsk = new ArrayList<NodeId>();
        leader.ifPresent(toAsk::add);
        for (var other : others) if (!toAsk.contains(other)) toAsk.add(other);
        for (int i = 0; i < toAsk.size() && !Thread.currentThread().isInterrupted(); i++) {
            var other = toAsk.get(i);
            var answer = wait(send(other, shard, step, CHANGE), CHANGE);
            if (answer.isEmpty()) {
                said.add(other + " cannot be reached");
                continue;
            }
            if (answer.get().getDone()) {
                leader = Optional.of(other);
                return answer.get();
            }
            said.add(other + " says: " + answer.get().getDetail());
        }
        leader = Optional.empty();
        return MembershipAnswer.newBuilder().setDetail(String.join("; ", said)).build();
    }

    private CompletableFuture<MembershipAnswer> send(NodeId to, ShardId shard, Step step, Duration limit) {
        var question = MembershipQuestion.newBuilder().setShard(shard.value()).setNode(self.value()).setStep(step).build();
        try {
            return client.ask(to, question, Deadline.after(limit, clock));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Optional<MembershipAnswer> wait(CompletableFuture<MembershipAnswer> answer, Duration limit) {
        try {
            return Optional.of(answer.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
