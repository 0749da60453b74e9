package io.engram.jepsen.run;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.store.Store;
import io.engram.jepsen.store.StoreException;
import io.engram.jepsen.store.Stores;
import io.engram.jepsen.workload.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// Three nodes in memory: one log, and replicas that apply it. Correct, or wrong in one way.
///
/// A node that is down refuses; a node that is cut off has a replica that does not move on, and says so instead of answering. Every
/// hundredth write is made and not acknowledged.
final class MemoryGrid implements Stores {
    /// What is wrong with it.
    enum Wrong {
        NOTHING,
        /// Every twentieth write is acknowledged and not made.
        LOSES_WRITES,
        /// A node that is cut off answers from its replica as it is, and calls that fresh.
        ANSWERS_WHEN_CUT_OFF,
        /// A compare-and-set is made whatever the version is.
        IGNORES_VERSIONS,
        /// What is forgotten comes back with the next write.
        RESURRECTS,
        /// Every hundredth write lands in another space.
        MIXES_SPACES,
        /// Of every twentieth range that a session sends, the first number is acknowledged and not recorded.
        SKIPS_IN_SESSIONS
    }

    private record Cell(String text, long version) {}

    private final Wrong wrong;
    private final Map<Store.Name, Cell> truth = new HashMap<>();
    private final Map<Integer, Map<Store.Name, Cell>> frozen = new HashMap<>();
    private final Map<Store.Name, Cell> forgotten = new HashMap<>();
    private final Map<Store.Name, Long> sessions = new HashMap<>();
    private final Set<Integer> down = ConcurrentHashMap.newKeySet();
    private long position;
    private long writes;
    private long sends;

    MemoryGrid(Wrong wrong) {
        this.wrong = wrong;
    }

    void down(int node) {
        down.add(node);
    }

    synchronized void cut(int node) {
        frozen.put(node, new HashMap<>(truth));
    }

    synchronized void heal(int node) {
        down.remove(node);
        frozen.remove(node);
    }

    synchronized Digests digests() {
        Map<String, Digests.State> states = new TreeMap<>();
        for (int node = 0; node < 3; node++) {
            if (!down.contains(node))
                states.put("n" + (node + 1), new Digests.State(position, Integer.toHexString(frozen.getOrDefault(node, truth).hashCode())));
        }
        return new Digests(Map.of(0, states), 3);
    }

    @Override
    public void prepare(List<Endpoint> endpoints, List<String> spaces) {}

    @Override
    public Store open(List<Endpoint> endpoints, Reach reach) {
        return switch (reach) {
            case Reach.Only(int node) -> new OneStore(node % 3, false);
            case Reach.Any any -> new OneStore(0, true);
            case Reach.InTurn(int first) -> new OneStore(first % 3, true);
        };
    }

    private synchronized Evidence write(Store.Name name, String text, Store.When when, int node) {
        reach(node);
        if (frozen.containsKey(node)) throw new StoreException.NotDone("NO_LEADER", new IllegalStateException());
        Cell was = truth.get(name);
        long version = was == null ? 0 : was.version();
        if (when instanceof Store.When.VersionIs(long wanted) && wanted != version && wrong != Wrong.IGNORES_VERSIONS)
            throw new StoreException.NotDone("VERSION_CONFLICT", new IllegalStateException());
        long at = ++position;
        Store.Name to = wrong == Wrong.MIXES_SPACES && at % 100 == 0 ? new Store.Name(name.space().replaceAll("\\d$", "0"), name.key()) : name;
        if (wrong != Wrong.LOSES_WRITES || ++writes % 20 != 0) truth.put(to, new Cell(text, at));
        if (wrong == Wrong.RESURRECTS) {
            truth.putAll(forgotten);
            forgotten.clear();
        }
        if (at % 100 == 0) throw new StoreException.Unknown("OUTCOME_UNKNOWN", new IllegalStateException());
        return new Evidence("n" + (node + 1), "leader", 0, at, at, null);
    }

    private synchronized Evidence forget(Store.Name name, int node) {
        reach(node);
        if (frozen.containsKey(node)) throw new StoreException.NotDone("NO_LEADER", new IllegalStateException());
        Cell was = truth.remove(name);
        if (was == null) throw new StoreException.NotDone("MEMORY_NOT_FOUND", new IllegalStateException());
        forgotten.put(name, was);
        long at = ++position;
        return new Evidence("n" + (node + 1), "leader", 0, at, at, null);
    }

    private synchronized Map<Store.Name, Cell> readable(int node) {
        reach(node);
        Map<Store.Name, Cell> old = frozen.get(node);
        if (old == null) return truth;
        if (wrong == Wrong.ANSWERS_WHEN_CUT_OFF) return old;
        throw new StoreException.NotDone("STALE", new IllegalStateException());
    }

    private void reach(int node) {
        if (down.contains(node)) throw new StoreException.NotDone("UNAVAILABLE", new IllegalStateException());
    }

    /// A session's number goes on from what is durable; each number's note is written once.
    private synchronized void send(Store.Name session, long from, List<Store.Note> notes, int node) {
        reach(node);
        if (frozen.containsKey(node)) throw new StoreException.Unknown("NOT_YET_DURABLE", new IllegalStateException());
        long durable = sessions.getOrDefault(session, 0L);
        boolean skip = wrong == Wrong.SKIPS_IN_SESSIONS && sends % 20 == 0;
        for (int i = 0; i < notes.size(); i++) {
            if (from + i <= durable || (skip && i == 0)) continue;
            truth.put(new Store.Name(session.space(), notes.get(i).key()), new Cell(notes.get(i).text(), ++position));
        }
        sessions.put(session, Math.max(durable, from + notes.size() - 1));
        if (++sends % 7 == 0) throw new StoreException.Unknown("NOT_YET_DURABLE", new IllegalStateException());
    }

    private final class OneStore implements Store {
        private final boolean wanders;
        private int node;

        OneStore(int node, boolean wanders) {
            this.node = node;
            this.wanders = wanders;
        }

        private int next() {
            // As long as a fast network takes, so that operations overlap.
            LockSupport.parkNanos(300_000);
            if (wanders) node = (node + 1) % 3;
            return node;
        }

        @Override
        public Seen<Optional<Found>> get(Name name, Wanted wanted) {
            int at = next();
            synchronized (MemoryGrid.this) {
                Optional<Found> found = Optional.ofNullable(readable(at).get(name)).map(c -> found(name, c));
                return new Seen<>(found, evidence(at, found.map(Found::version).orElse(0L)));
            }
        }

        @Override
        public Evidence put(Name name, String text, When when) {
            int at = next();
            // Long enough for another write to come in between, nearly always.
            if (wrong == Wrong.IGNORES_VERSIONS && when instanceof When.VersionIs) LockSupport.parkNanos(5_000_000);
            return write(name, text, when, at);
        }

        @Override
        public Evidence forget(Name name) {
            return MemoryGrid.this.forget(name, next());
        }

        @Override
        public Seen<List<Found>> list(String space, String prefix) {
            int at = next();
            synchronized (MemoryGrid.this) {
                List<Found> all = new ArrayList<>();
                readable(at).forEach((name, cell) -> {
                    if (name.space().equals(space) && name.key().startsWith(prefix)) all.add(found(name, cell));
                });
                all.sort(Comparator.comparing(Found::key));
                return new Seen<>(all, evidence(at, null));
            }
        }

        @Override
        public Seen<List<Found>> recall(Name like, int k) {
            Seen<Optional<Found>> seen = get(like, new Wanted.Linearizable());
            return new Seen<>(seen.value().stream().toList(), seen.evidence());
        }

        @Override
        public Numbered session(Name session, long acknowledgedThrough) {
            int at = next();
            long durable;
            synchronized (MemoryGrid.this) {
                reach(at);
                durable = sessions.getOrDefault(session, 0L);
            }
            return new Numbered() {
                @Override
                public long durableThrough() {
                    return durable;
                }

                @Override
                public void send(long from, List<Note> notes) {
                    LockSupport.parkNanos(300_000);
                    MemoryGrid.this.send(session, from, notes, at);
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void close() {}

        private Found found(Name name, Cell cell) {
            return new Found(name.key(), cell.text(), cell.version(), 0, cell.version());
        }

        private Evidence evidence(int at, @org.jspecify.annotations.Nullable Long version) {
            return new Evidence("n" + (at + 1), at == 0 ? "leader" : "follower", 0, position, version, Duration.ZERO);
        }
    }
}
