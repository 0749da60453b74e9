package io.engram.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.engram.grid.cluster.Peers;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.NodeId;
import io.engram.node.FreePorts;
import io.engram.node.config.Secret;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class GrpcPeersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final NodeId OTHER = new NodeId("n2");
    private static final Credentials OURS = new Credentials("ours", Optional.of(new Secret("sesame")));

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach void close() throws Exception {
        for (AutoCloseable one : open.reversed()) one.close();
    }

    private PeerServer serve(int port, Credentials credentials, Peers.Answering answering) throws IOException {
        PeerServer server = PeerServer.serve(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), credentials, 1 << 20, answering);
        open.add(server);
        return server;
    }

    private GrpcPeers peers(int port, Credentials credentials) {
        GrpcPeers peers = new GrpcPeers(credentials, Map.of(OTHER, InetSocketAddress.createUnresolved("127.0.0.1", port)), 1 << 20);
        open.add(peers);
        return peers;
    }

    private static CompletableFuture<byte[]> echo(byte[] question, Deadline deadline) {
        return CompletableFuture.completedFuture(("you asked " + new String(question, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
    }

    private static CompletableFuture<byte[]> ask(Peers peers, Duration within) {
        return peers.ask(OTHER, "why".getBytes(StandardCharsets.UTF_8), Deadline.after(within, MonotonicClock.SYSTEM));
    }

    private static Status.Code refusal(CompletableFuture<byte[]> answer) {
        Throwable failure = catchThrowable(() -> answer.get(30, TimeUnit.SECONDS));
        assertThat(failure).isInstanceOf(ExecutionException.class);
        return Status.fromThrowable(failure).getCode();
    }

    /// It may be taken for silent at first, on a machine that is busy with other things. It must not answer.
    private static void awaitRefusal(Peers peers, Duration within, Status.Code code) {
        await().atMost(PATIENCE).until(() -> refusal(ask(peers, within)), code::equals);
    }

    /// As [#awaitRefusal].
    private static void awaitAnswer(Peers peers, Duration within) {
        await().atMost(PATIENCE).until(() -> answers(peers, within));
    }

    private static boolean answers(Peers peers, Duration within) throws InterruptedException, TimeoutException {
        try {
            byte[] answer = ask(peers, within).get(30, TimeUnit.SECONDS);
            assertThat(answer).asString(StandardCharsets.UTF_8).isEqualTo("you asked why");
            return true;
        } catch (ExecutionException e) {
            return false;
        }
    }

    @Test void carries_questions_and_answers() throws IOException {
        PeerServer server = serve(0, OURS, GrpcPeersTest::echo);
        awaitAnswer(peers(server.port(), OURS), Duration.ofSeconds(30));
    }

    @Test void refuses_another_cluster() throws IOException {
        PeerServer server = serve(0, OURS, GrpcPeersTest::echo);
        Credentials theirs = new Credentials("theirs", OURS.secret());
        awaitRefusal(peers(server.port(), theirs), Duration.ofSeconds(30), Status.Code.PERMISSION_DENIED);
    }

    @Test void refuses_a_peer_without_the_secret_or_with_another() throws IOException {
        PeerServer server = serve(0, OURS, GrpcPeersTest::echo);
        Credentials none = new Credentials("ours", Optional.empty());
        Credentials wrong = new Credentials("ours", Optional.of(new Secret("sesamE")));
        awaitRefusal(peers(server.port(), none), Duration.ofSeconds(30), Status.Code.UNAUTHENTICATED);
        awaitRefusal(peers(server.port(), wrong), Duration.ofSeconds(30), Status.Code.UNAUTHENTICATED);
    }

    @Test void ends_by_the_deadline_and_tells_it_to_the_one_who_answers() throws IOException {
        AtomicReference<Duration> told = new AtomicReference<>();
        AtomicBoolean hangs = new AtomicBoolean();
        PeerServer server = serve(0, OURS, (question, deadline) -> {
            told.set(deadline.left(MonotonicClock.SYSTEM));
            return hangs.get() ? new CompletableFuture<>() : echo(question, deadline);
        });
        GrpcPeers peers = peers(server.port(), OURS);
        // Once there is a connection, it is not what takes the time.
        awaitAnswer(peers, Duration.ofSeconds(30));
        hangs.set(true);
        awaitRefusal(peers, Duration.ofSeconds(3), Status.Code.DEADLINE_EXCEEDED);
        assertThat(told.get()).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(3));
        assertThat(refusal(ask(peers, Duration.ZERO))).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }

    @Test void fails_at_once_where_nobody_listens_and_answers_soon_after_somebody_does() throws IOException {
        int port = FreePorts.inARow(1);
        PeerServer first = serve(port, OURS, GrpcPeersTest::echo);
        GrpcPeers peers = peers(port, OURS);
        awaitAnswer(peers, Duration.ofSeconds(30));
        first.close();
        awaitRefusal(peers, Duration.ofSeconds(30), Status.Code.UNAVAILABLE);
        // As many failures as make gRPC wait for minutes by itself.
        for (int i = 0; i < 20; i++) refusal(ask(peers, Duration.ofSeconds(30)));
        serve(port, OURS, GrpcPeersTest::echo);
        awaitAnswer(peers, Duration.ofSeconds(5));
    }

    @Test void tells_a_failure_on_the_other_side_apart_from_an_answer() throws IOException {
        PeerServer server = serve(0, OURS, (question, deadline) -> CompletableFuture.failedFuture(new IllegalStateException("broken")));
        awaitRefusal(peers(server.port(), OURS), Duration.ofSeconds(30), Status.Code.INTERNAL);
    }

    @Test void refuses_answers_that_are_too_large() throws IOException {
        PeerServer server = serve(0, OURS, (question, deadline) -> CompletableFuture.completedFuture(new byte[2 << 20]));
        awaitRefusal(peers(server.port(), OURS), Duration.ofSeconds(30), Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test void does_not_wait_for_a_peer_that_gives_no_sign_of_life_and_uses_it_again_when_it_is_back() throws Exception {
        int port = FreePorts.inARow(1);
        GrpcPeers peers = peers(port, OURS);
        try (ServerSocket _ = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
            // Had either waited for its deadline, it would have taken a minute.
            long began = System.nanoTime();
            // It accepts connections, as the system does for a process that is stopped, and says nothing.
            assertThat(refusal(ask(peers, Duration.ofSeconds(60)))).isEqualTo(Status.Code.UNAVAILABLE);
            // By now it is known to be silent.
            refusal(ask(peers, Duration.ofSeconds(60)));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(45));
        }
        serve(port, OURS, GrpcPeersTest::echo);
        awaitAnswer(peers, Duration.ofSeconds(5));
        // And is given all the time there is.
        open.removeLast().close();
        serve(port, OURS, (question, deadline) -> later(question, Duration.ofSeconds(2)));
        awaitAnswer(peers, Duration.ofSeconds(5));
    }

    @Test void waits_for_a_peer_that_takes_long_but_lives() throws IOException {
        PeerServer server = serve(0, OURS, (question, deadline) -> later(question, Duration.ofSeconds(3)));
        awaitAnswer(peers(server.port(), OURS), Duration.ofSeconds(60));
    }

    private static CompletableFuture<byte[]> later(byte[] question, Duration after) {
        return CompletableFuture.supplyAsync(
                () -> echo(question, Deadline.after(after, MonotonicClock.SYSTEM)).join(),
                CompletableFuture.delayedExecutor(after.toMillis(), TimeUnit.MILLISECONDS));
    }

    @Test void knows_no_node_but_the_members() {
        Peers peers = peers(1, OURS);
        assertThat(peers.ask(new NodeId("n9"), new byte[0], Deadline.after(Duration.ofSeconds(1), MonotonicClock.SYSTEM)))
                .isCompletedExceptionally();
    }
}
