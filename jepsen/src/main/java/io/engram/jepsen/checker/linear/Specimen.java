package io.engram.jepsen.checker.linear;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Histories to measure the search with: registers that behave, with reads, writes and compare-and-sets by many processes,
/// some of which crash. The same shape and seed give the same history.
///
/// @param operations over all keys
/// @param processes with an operation open at the same time, on each key
/// @param crashes share of operations without an answer; half of those took effect
/// @param values that are written; 0 for a new one each time
/// @param lie whether the last read of the last key returns a value that it cannot
public record Specimen(int operations, int keys, int processes, double crashes, int values, boolean lie, long seed) {
    public Specimen {
        if (operations < 1 || keys < 1 || processes < 1) throw new IllegalArgumentException("operations, keys and processes must be 1 or more");
        if (crashes < 0 || crashes > 1) throw new IllegalArgumentException("crashes must be 0 to 1, was " + crashes);
    }

    private static final class Client {
        private final String key;
        private int process;
        private @Nullable Op invocation;
        private boolean done;
        private boolean refused;
        private Value answer = Value.NIL;

        Client(String key) {
            this.key = key;
        }
    }

    public History make() {
        return new Making().make();
    }

    private final class Making {
        private final RandomGenerator random = new SplittableRandom(seed);
        private final Value[] registers = new Value[keys];
        private final List<Op> ops = new ArrayList<>(operations * 2);
        private int nextProcess;
        private long nextValue;

        History make() {
            List<Client> clients = new ArrayList<>();
            for (int key = 0; key < keys; key++) {
                registers[key] = Value.NIL;
                for (int i = 0; i < processes; i++) clients.add(fresh(new Client("k" + key)));
            }
            for (int begun = 0; begun < operations; ) {
                Client client = clients.get(random.nextInt(clients.size()));
                if (client.invocation == null) begun++;
                step(client);
            }
            for (Client client : clients) while (client.invocation != null) step(client);
            if (lie) lie(clients.getLast());
            return new History(ops);
        }

        private void step(Client client) {
            Op invocation = client.invocation;
            if (invocation == null) {
                client.invocation = invoke(client);
            } else if (!client.done) {
                if (random.nextDouble() < crashes / 2) crash(client, invocation);
                else take(client, invocation);
            } else if (random.nextDouble() < crashes / 2) {
                crash(client, invocation);
            } else {
                add(client.refused ? OpType.FAIL : OpType.OK, client, invocation.function(), client.answer);
                client.invocation = null;
            }
        }

        private Op invoke(Client client) {
            client.done = false;
            client.refused = false;
            double chance = random.nextDouble();
            if (chance < 0.5) return add(OpType.INVOKE, client, "read", Value.NIL);
            if (chance < 0.8) return add(OpType.INVOKE, client, "write", some());
            // Often what is there, so that it succeeds now and then.
            return add(OpType.INVOKE, client, "cas", Value.items(random.nextBoolean() ? register(client) : some(), some()));
        }

        private void take(Client client, Op invocation) {
            int key = Integer.parseInt(client.key.substring(1));
            client.done = true;
            client.answer = invocation.value();
            switch (invocation.value()) {
                case Value.Nil _ -> client.answer = registers[key];
                case Value.Items(List<Value> pair) -> {
                    if (registers[key].equals(pair.getFirst())) registers[key] = pair.getLast();
                    else client.refused = true;
                }
                case Value written -> registers[key] = written;
            }
        }

        private Value register(Client client) {
            return registers[Integer.parseInt(client.key.substring(1))];
        }

        private Value some() {
            return Value.of(values == 0 ? nextValue++ : random.nextInt(values));
        }

        private void crash(Client client, Op invocation) {
            add(OpType.INFO, client, invocation.function(), invocation.value());
            fresh(client);
        }

        private Client fresh(Client client) {
            client.process = nextProcess++;
            client.invocation = null;
            return client;
        }

        private void lie(Client client) {
            add(OpType.INVOKE, client, "read", Value.NIL);
            add(OpType.OK, client, "read", Value.of(-1));
        }

        private Op add(OpType type, Client client, String function, Value value) {
            Op op = new Op(ops.size(), type, client.process, function, client.key, value, ops.size(), Evidence.NONE, null);
            ops.add(op);
            return op;
        }
    }
}
