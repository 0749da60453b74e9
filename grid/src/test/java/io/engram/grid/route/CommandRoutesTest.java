package io.engram.grid.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.GridConfig.LogConfig;
import io.engram.grid.Reason;
import io.engram.grid.cluster.Peers;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.GroupCommit;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.Timers;
import io.engram.grid.memory.ManualTime;
import io.engram.grid.memory.shard.TestShard;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Forget;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.PeerAnswer;
import io.engram.grid.wire.PeerQuestion;
import io.engram.grid.wire.PeerRefusal;
import io.engram.grid.wire.Recorded;
import io.engram.grid.wire.Refused;
import io.engram.grid.wire.SubmitAnswer;
import io.engram.grid.wire.SubmitQuestion;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A node without replicas, and three others whose answers are written down. Time passes only when nothing else is left to do.
class CommandRoutesTest {
    private static final ShardId SHARD = new ShardId(0);
    private static final NodeId SELF = new NodeId("edge");
    private final ManualTime time = new ManualTime();
    private final List<NodeId> asked = new CopyOnWriteArrayList<>();

    /// What one of the others says to a question about commands.
    private interface Script {
        CompletableFuture<PeerAnswer> answer(NodeId node, SubmitQuestion question, int number);
    }

    @Test
    void a_hint_is_followed_and_remembered() {
        Script script = (node, question, number) ->
                done(node.value().equals("c") ? applied(question) : SubmitAnswer.newBuilder().setLeader("c").build());
        var submission = submission(script);
        assertThat(ended(submission.submit(SHARD, forget(), in(10_000))).getIndex()).isEqualTo(7);
        int first = asked.size();
        ended(submission.submit(SHARD, forget(), in(10_000)));
        assertThat(asked.subList(first, asked.size())).containsExactly(new NodeId("c"));
    }

    @Test
    void nodes_that_point_at_each_other_are_not_asked_for_ever() {
        Script circle = (node, question, number) ->
                done(SubmitAnswer.newBuilder().setLeader(node.value().equals("a") ? "b" : "a").build());
        assertThat(refusal(submission(circle).submit(SHARD, forget(), in(600)))).isEqualTo(Reason.NO_LEADER);
        assertThat(asked).hasSizeLessThan(20);
    }

    @Test
    void while_nobody_leads_it_is_asked_again_until_somebody_does() {
        Script script = (node, question, number) ->
                done(number < 6 ? SubmitAnswer.newBuilder().setLeader("?").build() : applied(question));
        assertThat(ended(submission(script).submit(SHARD, forget(), in(10_000))).hasRecorded()).isTrue();
    }

    @Test
    void certainly_nothing_appended_is_told_as_such() {
        Script nobody = (node, question, number) -> done(SubmitAnswer.newBuilder().setLeader("?").build());
        assertThat(refusal(submission(nobody).submit(SHARD, forget(), in(300)))).isEqualTo(Reason.NO_LEADER);
        Script full = (node, question, number) -> refused(Reason.OVERLOADED);
        assertThat(refusal(submission(full).submit(SHARD, forget(), in(10_000)))).isEqualTo(Reason.OVERLOADED);
    }

    @Test
    void full_disks_on_a_majority_are_told_at_once() {
        Script full = (node, question, number) ->
                node.value().equals("a") ? done(SubmitAnswer.newBuilder().setLeader("?").build()) : refused(Reason.DISK_FULL);
        assertThat(refusal(submission(full).submit(SHARD, forget(), in(20_000)))).isEqualTo(Reason.DISK_FULL);
        assertThat(asked).as("did not wait for the deadline").hasSizeLessThan(10);
    }

    @Test
    void one_full_disk_is_the_reason_if_the_others_alone_make_no_majority() {
        Script oneDown = (node, question, number) -> switch (node.value()) {
            case "a" -> done(SubmitAnswer.newBuilder().setLeader("?").build());
            case "b" -> refused(Reason.DISK_FULL);
            default -> refused(Reason.NOT_READY);
        };
        assertThat(refusal(submission(oneDown).submit(SHARD, forget(), in(1_000)))).isEqualTo(Reason.DISK_FULL);
        Script electing = (node, question, number) ->
                node.value().equals("b") ? refused(Reason.DISK_FULL) : done(SubmitAnswer.newBuilder().setLeader("?").build());
        assertThat(refusal(submission(electing).submit(SHARD, forget(), in(1_000)))).isEqualTo(Reason.NO_LEADER);
    }

    @Test
    void full_disks_do_not_make_an_unknown_outcome_known() {
        assertThat(refusal(submission(afterDoubt(refused(Reason.DISK_FULL))).submit(SHARD, forget(), in(600)))).isEqualTo(Reason.OUTCOME_UNKNOWN);
    }

    @Test
    void what_may_have_been_appended_is_asked_for_again_and_its_outcome_told() {
        Script script = (node, question, number) ->
                number == 0 ? CompletableFuture.failedFuture(new IOException("connection lost")) : done(applied(question));
        assertThat(ended(submission(script).submit(SHARD, forget(), in(10_000))).hasRecorded()).isTrue();
    }

    @Test
    void what_may_have_been_appended_is_unknown_at_the_deadline() {
        Script silent = (node, question, number) -> new CompletableFuture<>();
        assertThat(refusal(submission(silent).submit(SHARD, forget(), in(300)))).isEqualTo(Reason.OUTCOME_UNKNOWN);
        Script lost = (node, question, number) -> number == 0
                ? done(SubmitAnswer.newBuilder().setOutcomeUnknown(true).build())
                : done(SubmitAnswer.newBuilder().setLeader("?").build());
        assertThat(refusal(submission(lost).submit(SHARD, forget(), in(300)))).isEqualTo(Reason.OUTCOME_UNKNOWN);
    }

    @Test
    void no_later_refusal_makes_an_unknown_outcome_known() {
        Script full = afterDoubt(refused(Reason.OVERLOADED));
        assertThat(refusal(submission(full).submit(SHARD, forget(), in(10_000)))).isEqualTo(Reason.OUTCOME_UNKNOWN);
        for (Reason notKept : List.of(Reason.SPACE_NOT_FOUND, Reason.IDEMPOTENCY_TABLE_FULL, Reason.DEADLINE_EXCEEDED)) {
            Script script = afterDoubt(done(SubmitAnswer.newBuilder().addOutcomes(decided(notKept).toByteString()).build()));
            assertThat(refusal(submission(script).submit(SHARD, forget(), in(10_000)))).as("%s", notKept).isEqualTo(Reason.OUTCOME_UNKNOWN);
        }
    }

    @Test
    void a_refusal_that_the_shard_keeps_is_the_outcome() {
        Script script = afterDoubt(done(SubmitAnswer.newBuilder().addOutcomes(decided(Reason.VERSION_CONFLICT).toByteString()).build()));
        assertThat(ended(submission(script).submit(SHARD, forget(), in(10_000))).getRefused().getReason())
                .isEqualTo("VERSION_CONFLICT");
    }

    @Test
    void many_small_commands_share_questions_and_each_has_its_own_outcome() {
        var sizes = new CopyOnWriteArrayList<Integer>();
        var allSubmitted = new CompletableFuture<Void>();
        Script script = (node, question, number) -> {
            sizes.add(question.getCommandsCount());
            var outcomes = SubmitAnswer.newBuilder();
            for (ByteString command : question.getCommandsList()) outcomes.addOutcomes(echo(command));
            return allSubmitted.thenApply(now -> wrap(outcomes.build()));
        };
        var submission = submission(script);
        var all = IntStream.range(1, 501).mapToObj(i -> submission.submit(SHARD, forget(i), in(20_000))).toList();
        allSubmitted.complete(null);
        for (int i = 0; i < all.size(); i++) assertThat(ended(all.get(i)).getRecorded().getVersion()).isEqualTo(i + 1);
        assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(500);
        assertThat(sizes).hasSizeLessThan(20);
    }

    @Test
    void more_than_may_wait_is_refused() {
        Script silent = (node, question, number) -> new CompletableFuture<>();
        var submission = submission(silent);
        byte[] big = new byte[600_000];
        var command = forget().toBuilder().setIdempotencyKey(ByteString.copyFrom(big)).build();
        var first = submission.submit(SHARD, command, in(1_000));
        assertThat(refusal(submission.submit(SHARD, command, in(1_000)))).isEqualTo(Reason.OVERLOADED);
        assertThat(refusal(first)).isEqualTo(Reason.OUTCOME_UNKNOWN);
    }

    @Test
    void what_arrives_without_an_end_gets_one_where_it_is_appended() throws InvalidProtocolBufferException {
        var self = new NodeId("a");
        var log = StandingLog.leading(SHARD, self, command -> echo(ByteString.copyFrom(command)).toByteArray());
        var logs = new StandingLogs(Map.of(SHARD, log));
        var window = Duration.ofMinutes(10);
        var shard = new TestShard(SHARD.value());
        shard.pass(Duration.ofSeconds(30));
        var stamps = new Stamps(logs, Map.of(SHARD, shard.state), window);
        var commit = new GroupCommit(log, new LogConfig(Duration.ofMillis(500), Duration.ofSeconds(1), 2_000, 256 << 10, 4, 8 << 20), time, time);
        Peers nobody = (to, question, deadline) -> CompletableFuture.failedFuture(new IOException("not asked"));
        var routes = new CommandRoutes(
                self, Map.of(SHARD, commit), new LeaderHints(self, logs), new PeerCalls(self, nobody), stamps, time, time,
                1_000_000);
        assertThat(ended(routes.submit(SHARD, forget().toByteArray(), in(10_000))).doubtful()).isFalse();
        assertThat(log.appended).hasSize(1);
        assertThat(Command.parseFrom(log.appended.getFirst()).getNotAfterMs())
                .isEqualTo(Duration.ofSeconds(30).plus(window.dividedBy(2)).toMillis());
    }

    @Test
    void what_was_begun_is_unknown_when_it_cannot_be_asked_for_again() {
        Timers ended = (delay, task) -> {
            if (delay.compareTo(CommandRoutes.LONGEST_PAUSE) <= 0) throw new RejectedExecutionException("this node is closed");
            return time.after(delay, task);
        };
        var lost = submission(afterDoubt(refused(Reason.OVERLOADED)), ended);
        assertThat(refusal(lost.submit(SHARD, forget(), in(10_000)))).isEqualTo(Reason.OUTCOME_UNKNOWN);
    }

    private static Script afterDoubt(CompletableFuture<PeerAnswer> then) {
        return (node, question, number) -> number == 0 ? CompletableFuture.failedFuture(new IOException("connection lost")) : then;
    }

    private RoutedSubmission submission(Script script) {
        return submission(script, time);
    }

    private RoutedSubmission submission(Script script, Timers timers) {
        Peers peers = (to, question, deadline) -> {
            int number = asked.size();
            asked.add(to);
            try {
                return script.answer(to, PeerQuestion.parseFrom(question).getSubmit(), number).thenApply(PeerAnswer::toByteArray);
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
            }
        };
        asked.clear();
        var logs = StandingLogs.none();
        var stamps = new Stamps(logs, Map.of(), Duration.ofMinutes(10));
        return new RoutedSubmission(
                new CommandRoutes(
                        SELF, Map.of(), new LeaderHints(SELF, logs), new PeerCalls(SELF, peers), stamps, time, timers,
                        1_000_000),
                stamps);
    }

    private static Command forget() {
        return forget(7);
    }

    private static Command forget(long number) {
        return Command.newBuilder()
                .setIdempotencyKey(ByteString.copyFromUtf8("key"))
                .setForget(Forget.newBuilder().setExpectedVersion(number))
                .build();
    }

    private static ByteString echo(ByteString command) {
        try {
            long number = Command.parseFrom(command).getForget().getExpectedVersion();
            return Outcome.newBuilder().setIndex(number).setRecorded(Recorded.newBuilder().setVersion(number)).build().toByteString();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SubmitAnswer applied(SubmitQuestion question) {
        return SubmitAnswer.newBuilder().addOutcomes(echo(question.getCommands(0))).build();
    }

    private static Outcome decided(Reason reason) {
        return Outcome.newBuilder().setIndex(9).setRefused(Refused.newBuilder().setReason(reason.name())).build();
    }

    private static CompletableFuture<PeerAnswer> done(SubmitAnswer answer) {
        return CompletableFuture.completedFuture(wrap(answer));
    }

    private static PeerAnswer wrap(SubmitAnswer answer) {
        return PeerAnswer.newBuilder().setSubmit(answer).build();
    }

    private static CompletableFuture<PeerAnswer> refused(Reason reason) {
        return CompletableFuture.completedFuture(
                PeerAnswer.newBuilder().setRefused(PeerRefusal.newBuilder().setReason(reason.name())).build());
    }

    private Reason refusal(CompletableFuture<?> future) {
        var thrown = catchThrowableOfType(CompletionException.class, () -> ended(future));
        assertThat(thrown).isNotNull();
        return Faults.refusal(thrown).reason();
    }

    /// Lets time pass until it ends.
    @CanIgnoreReturnValue
    private <T> T ended(CompletableFuture<T> future) {
        while (!future.isDone()) assertThat(time.step()).as("something is still to come").isTrue();
        return future.join();
    }

    private Deadline in(long millis) {
        return time.in(Duration.ofMillis(millis));
    }
}
