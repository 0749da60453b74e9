package io.engram.jepsen.checker.linear;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Small histories of one object that mostly behaves: each operation takes effect somewhere between its invocation and its
/// answer, some never get an answer, and now and then an answer is a lie.
final class RandomHistory {
    private final RandomGenerator random;
    private final NaiveObject object;
    private final double lies;
    private final double crashes;
    private final List<Op> ops = new ArrayList<>();
    private int nextProcess;

    /// @param lies share of answers that are made up
    /// @param crashes share of operations without an answer
    RandomHistory(RandomGenerator random, NaiveObject object, double lies, double crashes) {
        this.random = random;
        this.object = object;
        this.lies = lies;
        this.crashes = crashes;
    }

    private static final class Client {
        int process;
        @Nullable Op invocation;
        @Nullable Value answer;
        boolean refused;
    }

    History make(int clients, int operations) {
        List<Client> all = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            Client client = new Client();
            client.process = nextProcess++;
            all.add(client);
        }
        Object state = object.initial();
        int started = 0;
        while (true) {
            int left = operations - started;
            List<Client> able = all.stream().filter(c -> c.invocation != null || left > 0).toList();
            if (able.isEmpty()) return new History(ops);
            Client client = able.get(random.nextInt(able.size()));
            Op invocation = client.invocation;
            if (invocation == null) {
                started++;
                client.invocation = add(OpType.INVOKE, client, object.anyInvocation(random, client.process));
            } else if (client.answer == null && !client.refused) {
                if (random.nextDouble() < crashes / 2) {
                    crash(client);
                    continue;
                }
                NaiveObject.Step step = object.apply(state, invocation.function(), invocation.value());
                if (step == null) client.refused = true;
                else {
                    state = step.state();
                    client.answer = step.answer();
                }
            } else if (random.nextDouble() < crashes / 2) crash(client);
            else answer(client, invocation);
        }
    }

    private void crash(Client client) {
        Op invocation = client.invocation;
        if (invocation == null) throw new IllegalStateException();
        // Half of them never hear back at all.
        if (random.nextBoolean()) add(OpType.INFO, client, new NaiveObject.Call(invocation.function(), invocation.value()));
        client.process = nextProcess++;
        client.invocation = null;
        client.answer = null;
        client.refused = false;
    }

    private void answer(Client client, Op invocation) {
        boolean lie = random.nextDouble() < lies;
        Value answer = client.answer;
        if (client.refused != (lie && random.nextBoolean())) add(OpType.FAIL, client, new NaiveObject.Call(invocation.function(), invocation.value()));
        else
            add(
                    OpType.OK,
                    client,
                    new NaiveObject.Call(
                            invocation.function(), lie || answer == null ? object.anyAnswer(random, invocation.function(), invocation.value()) : answer));
        client.invocation = null;
        client.answer = null;
        client.refused = false;
    }

    private Op add(OpType type, Client client, NaiveObject.Call call) {
        Op op = new Op(ops.size(), type, client.process, call.function(), null, call.value(), ops.size(), Evidence.NONE, null);
        ops.add(op);
        return op;
    }
}
