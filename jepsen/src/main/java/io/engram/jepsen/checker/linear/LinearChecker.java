package io.engram.jepsen.checker.linear;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Linearizability of every key by itself, which is linearizability of all of them together (Herlihy and Wing, 1990).
///
/// Keys are searched side by side, those with the fewest operations first; the first that has no order ends the check.
/// The order of events in the history is the order in real time; their times are not looked at.
public final class LinearChecker implements Checker {
    private final Model<?, ?> model;

    public LinearChecker(Model<?, ?> model) {
        this.model = model;
    }

    @Override
    public String name() {
        return "linearizable";
    }

    /// @throws ModelMismatchException the history holds operations that the model does not know
    /// @throws IllegalArgumentException the history's events do not pair up
    @Override
    public Finding check(History history, Limits limits) {
        return new Check<>(model, history, limits).run();
    }

    /// What became of one key.
    ///
    /// @param problem null unless it has no order
    private record Judged<S, A>(Keyed keyed, @Nullable Problem<S, A> problem, Search.Outcome outcome) {}

    /// @param key empty where the history has no keys
    private record Keyed(int number, String key, List<Operation> operations) {
        String named() {
            return key.isEmpty() ? "" : "key " + key + ": ";
        }
    }

    private final class Check<S, A> {
        private final Model<S, A> model;
        private final Limits limits;
        private final Budget budget;
        private final List<Keyed> keys;
        private final List<Judged<S, A>> judged = new ArrayList<>();
        private final Map<String, Value> figures = new LinkedHashMap<>();

        Check(Model<S, A> model, History history, Limits limits) {
            this.model = model;
            this.limits = limits;
            budget = new Budget(limits);
            List<Operation> operations = history.operations();
            // Every operation, before any search: a mismatch in the last one must not wait for the limits.
            operations.forEach(model::act);
            keys = split(operations);
            figures.put("keys", Value.of(keys.size()));
            figures.put("operations", Value.of(operations.size()));
            for (OpType type : List.of(OpType.OK, OpType.FAIL, OpType.INFO))
                figures.put(
                        type == OpType.INFO ? "unknownOutcome" : type == OpType.OK ? "ok" : "failed",
                        Value.of(operations.stream().filter(o -> o.outcome() == type).count()));
        }

        Finding run() {
            judgeAll();
            figures.put("keysDecided", Value.of(judged.stream().filter(j -> j.outcome().gaveUp() == null).count()));
            figures.put("configurations", Value.of(judged.stream().mapToLong(j -> j.outcome().configurations()).sum()));
            figures.put("steps", Value.of(judged.stream().mapToLong(j -> j.outcome().steps()).sum()));
            figures.put("searchMillis", Value.of(budget.elapsedMillis()));
            Judged<S, A> bad = judged.stream().filter(j -> j.outcome().impossible()).findFirst().orElse(null);
            if (bad != null) return invalid(bad);
            List<Judged<S, A>> open = judged.stream().filter(j -> j.outcome().gaveUp() != null).toList();
            if (!open.isEmpty()) return undecided(open);
            if (judged.size() < keys.size()) return Finding.unknown(name(), "the check was interrupted", figures);
            if (keys.isEmpty()) return Finding.unknown(name(), "there is no operation to judge", figures);
            return Finding.valid(
                    name(),
                    (keys.size() == 1 ? "an order was found that " + this.model.noun() + " could go through" : "for each of " + keys.size()
                                    + " keys an order was found that " + this.model.noun() + " could go through")
                            + " (" + this.model.name() + ")",
                    figures);
        }

        private Finding invalid(Judged<S, A> bad) {
            Problem<S, A> problem = Objects.requireNonNull(bad.problem());
            budget.resume();
            Counterexample shown = Counterexample.of(this.model, bad.keyed().operations(), problem, bad.outcome(), budget);
            figures.put("counterexampleOperations", Value.of(shown.operations()));
            figures.put("counterexampleChecks", Value.of(shown.checks()));
            figures.put("checkMillis", Value.of(budget.elapsedMillis()));
            return Finding.invalid(name(), bad.keyed().named() + shown.sentence(), figures, shown.events());
        }

        private Finding undecided(List<Judged<S, A>> open) {
            Judged<S, A> first = open.getFirst();
            String why = first.outcome().gaveUp() == GaveUpException.Reason.MEMORY
                    ? "within " + (limits.memoryBytes() >> 20) + " MiB of tables"
                    : first.outcome().gaveUp() == GaveUpException.Reason.TIME ? "within " + limits.time().toMillis() + " ms" : "before the check was interrupted";
            return Finding.unknown(
                    name(),
                    first.keyed().named() + "could not be decided " + why + " (" + first.keyed().operations().size() + " operations, "
                            + first.outcome().configurations() + " configurations); "
                            + (keys.size() - open.size()) + " of " + keys.size() + " keys were decided, all of them linearizable",
                    figures);
        }

        private void judgeAll() {
            AtomicInteger next = new AtomicInteger();
            int threads = Math.min(limits.threads(), keys.size());
            if (threads <= 1) {
                judged.addAll(judgeSome(next));
                return;
            }
            List<Future<List<Judged<S, A>>>> parts = new ArrayList<>();
            try (ExecutorService searchers = Executors.newFixedThreadPool(
                    threads, Thread.ofPlatform().daemon().name("linear-", 0).factory())) {
                for (int i = 0; i < threads; i++) parts.add(searchers.submit(() -> judgeSome(next)));
                for (Future<List<Judged<S, A>>> part : parts) judged.addAll(await(part));
            }
            judged.sort(Comparator.comparingInt(j -> j.keyed().number()));
        }

        private List<Judged<S, A>> await(Future<List<Judged<S, A>>> part) {
            try {
                return part.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                // The searchers look at this now and then, and give up.
                budget.stop();
                return List.of();
            } catch (ExecutionException e) {
                budget.stop();
                throw new IllegalStateException("the search failed", e.getCause());
            }
        }

        private List<Judged<S, A>> judgeSome(AtomicInteger next) {
            List<Judged<S, A>> done = new ArrayList<>();
            for (int i = next.getAndIncrement(); i < keys.size() && !budget.stopped(); i = next.getAndIncrement()) done.add(judge(keys.get(i)));
            return done;
        }

        private Judged<S, A> judge(Keyed keyed) {
            try {
                Problem<S, A> problem = new Problem<>(this.model, keyed.operations(), budget);
                Search.Outcome outcome = Search.decide(problem, budget);
                if (outcome.impossible()) {
                    budget.stop();
                    return new Judged<>(keyed, problem, outcome);
                }
                return new Judged<>(keyed, null, outcome);
            } catch (GaveUpException | OutOfMemoryError e) {
                return new Judged<>(keyed, null, new Search.Outcome(false, 0, new int[0], 0, 0, GaveUpException.Reason.MEMORY));
            }
        }

        private static List<Keyed> split(List<Operation> operations) {
            Map<String, List<Operation>> byKey = new TreeMap<>();
            for (Operation operation : operations)
                byKey.computeIfAbsent(operation.key() == null ? "" : operation.key(), _ -> new ArrayList<>()).add(operation);
            List<Keyed> keys = new ArrayList<>();
            byKey.entrySet().stream()
                    .sorted(Comparator.comparingInt(e -> e.getValue().size()))
                    .forEach(e -> keys.add(new Keyed(keys.size(), e.getKey(), e.getValue())));
            return keys;
        }
    }
}
