package io.engram.grid.simulation;

import io.engram.grid.log.Appended;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.Entry;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.OutcomeUnknownException;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLog;
import io.engram.grid.log.ShardMachine;
import io.engram.grid.log.Timers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// One replica of a shard: a small, honest Raft. A leader does not find out that it was deposed until someone tells it, which is
/// what makes a fence necessary.
final class MemoryLog implements ShardLog {
    private static final Duration HEARTBEAT = Duration.ofMillis(60);
    private static final Duration PATIENCE_LEAST = Duration.ofMillis(200);
    private static final Duration PATIENCE_MOST = Duration.ofMillis(450);
    private static final int SNAPSHOT_EVERY = 24;
    private static final int ITEMS_PER_MESSAGE = 16;

    private enum Role { FOLLOWER, CANDIDATE, LEADER }

    private record Pending(long term, CompletableFuture<Appended> result) {}

    private final Simulation simulation;
    private final ShardId shard;
    private final NodeId self;
    private final List<NodeId> voters;
    private final SimDisk disk;
    private final ShardMachine machine;
    private final SimTime time;
    private final BiConsumer<NodeId, RaftMessage> network;
    private final Runnable voted;
    private final Variation variation;
    private final Map<Long, Pending> pending = new TreeMap<>();
    private final TreeMap<Long, List<CompletableFuture<Void>>> waiting = new TreeMap<>();
    private final Map<NodeId, Long> next = new HashMap<>();
    private final Map<NodeId, Long> matched = new HashMap<>();
    private final Set<NodeId> votes = new HashSet<>();
    private boolean loaded;
    private Role role = Role.FOLLOWER;
    private Optional<NodeId> leader = Optional.empty();
    private long committed = -1;
    private long committedBefore = -1;
    private long applied = -1;
    private boolean applying;
    private int starts;
    private long mostApplied = -1;
    private Timers.Timer election;
    private Timers.Timer heartbeat;

    /// @param voted called after a vote was given: a good moment to die
    MemoryLog(
            Simulation simulation, ShardId shard, NodeId self, List<NodeId> voters, SimDisk disk, ShardMachine machine, SimTime time,
            BiConsumer<NodeId, RaftMessage> network, Runnable voted, Variation variation) {
        this.simulation = simulation;
        this.shard = shard;
        this.self = self;
        this.voters = List.copyOf(voters);
        this.disk = disk;
        this.machine = machine;
        this.time = time;
        this.network = network;
        this.voted = voted;
        this.variation = variation;
        this.election = () -> {};
        this.heartbeat = () -> {};
    }

    /// Reads the disk, after a while; until then the replica is STARTING and takes no part.
    void start() {
        Duration loading = simulation.chance(0.5)
                ? simulation.between(Duration.ofMillis(1), Duration.ofMillis(20))
                : simulation.between(Duration.ofMillis(20), Duration.ofMillis(400));
        time.after(loading, () -> {
            SimDisk.Snapshot snapshot = disk.snapshot;
            if (snapshot != null) restore(snapshot);
            loaded = true;
            waitForLeader();
        });
    }

    /// The replica stops (a full disk, say) and after a while starts again from snapshot and log, inside the running process.
    void fail(Duration outage) {
        if (!loaded) return;
        if (role == Role.LEADER) follow(disk.term, Optional.empty());
        election.cancel();
        loaded = false;
        starts++;
        leader = Optional.empty();
        time.after(outage, () -> {
            SimDisk.Snapshot snapshot = disk.snapshot;
            committed = -1;
            committedBefore = -1;
            applying = false;
            if (snapshot != null) restore(snapshot);
            else startFromNothing();
            loaded = true;
            waitForLeader();
        });
    }

    private void startFromNothing() {
        try {
            machine.restore(disk.folder, List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        applied = -1;
    }

    @Override
    public ShardId shard() {
        return shard;
    }

    @Override
    public ReplicaView view() {
        if (!loaded) {
            boolean lying = variation == Variation.UNLOADED_TERMS_COUNT;
            return new ReplicaView(shard, peer(self), ReplicaView.Role.FOLLOWER, lying ? 1 : 0, Optional.empty(), -1, -1, -1,
                    lying ? "RUNNING" : "STARTING");
        }
        boolean leads = role == Role.LEADER && committed >= 0 && disk.termAt(committed) == disk.term;
        ReplicaView.Role shown = leads ? ReplicaView.Role.LEADER
                : role == Role.FOLLOWER ? ReplicaView.Role.FOLLOWER : ReplicaView.Role.CANDIDATE;
        long commit = variation == Variation.COMMITTED_BEFORE_ROLE ? committedBefore : committed;
        return new ReplicaView(shard, peer(self), shown, disk.term, leader, commit,
                variation == Variation.RESTART_UNNOTICED ? mostApplied : applied,
                disk.snapshot == null ? -1 : disk.snapshot.last(), "RUNNING");
    }

    @Override
    public Membership membership() {
        Set<Voter> all = new LinkedHashSet<>();
        voters.forEach(voter -> all.add(new Voter(voter, peer(voter))));
        return new Membership(all, Set.of());
    }

    private String peer(NodeId node) {
        return node + "@" + shard;
    }

    @Override
    public CompletableFuture<Appended> append(Entry entry, Deadline deadline) {
        if (!loaded) return CompletableFuture.completedFuture(new Appended.Unavailable("starting"));
        if (!view().leads()) return CompletableFuture.completedFuture(new Appended.NotLeader(leader.filter(l -> !l.equals(self))));
        CompletableFuture<Appended> result = new CompletableFuture<>();
        disk.items.add(new SimDisk.Item(disk.term, entry));
        pending.put(disk.last(), new Pending(disk.term, result));
        var limit = time.after(deadline.left(time), () -> result.completeExceptionally(new OutcomeUnknownException("not committed in time")));
        var _ = result.whenComplete((done, failure) -> limit.cancel());
        replicate();
        commitWhatIsSafe();
        return result;
    }

    @Override
    public CompletableFuture<Void> whenApplied(long logIndex, Deadline deadline) {
        if (applied >= logIndex) return CompletableFuture.completedFuture(null);
        CompletableFuture<Void> result = new CompletableFuture<>();
        waiting.computeIfAbsent(logIndex, i -> new ArrayList<>()).add(result);
        var limit = time.after(deadline.left(time), () -> result.completeExceptionally(new TimeoutException("not applied in time")));
        var _ = result.whenComplete((done, failure) -> limit.cancel());
        return result;
    }

    void take(RaftMessage message) {
        if (!loaded) return;
        if (message.term() > disk.term) follow(message.term(), Optional.empty());
        switch (message) {
            case RaftMessage.Vote asked -> vote(asked);
            case RaftMessage.Voted told -> counted(told);
            case RaftMessage.Append told -> append(told);
            case RaftMessage.AppendedTo told -> appended(told);
            case RaftMessage.Install told -> install(told);
        }
    }

    // Elections

    private void waitForLeader() {
        election.cancel();
        election = time.after(simulation.between(PATIENCE_LEAST, PATIENCE_MOST), this::stand);
    }

    private void stand() {
        if (role == Role.LEADER) return;
        disk.term++;
        disk.vote = self;
        role = Role.CANDIDATE;
        leader = Optional.empty();
        votes.clear();
        votes.add(self);
        simulation.trace(() -> self + " shard " + shard + " stands in term " + disk.term);
        others(to -> new RaftMessage.Vote(disk.term, self, disk.last(), disk.termAt(disk.last())));
        waitForLeader();
        leadIfElected();
    }

    private void vote(RaftMessage.Vote asked) {
        long last = disk.last();
        long lastTerm = disk.termAt(last);
        boolean upToDate = asked.lastTerm() > lastTerm || (asked.lastTerm() == lastTerm && asked.last() >= last);
        boolean free = disk.vote == null || disk.vote.equals(asked.from());
        boolean granted = asked.term() == disk.term && upToDate && free && role != Role.LEADER;
        if (granted) {
            disk.vote = asked.from();
            waitForLeader();
        }
        network.accept(asked.from(), new RaftMessage.Voted(disk.term, self, granted));
        if (granted) voted.run();
    }

    private void counted(RaftMessage.Voted told) {
        if (role != Role.CANDIDATE || told.term() != disk.term || !told.granted()) return;
        votes.add(told.from());
        leadIfElected();
    }

    private void leadIfElected() {
        if (2 * votes.size() <= voters.size()) return;
        election.cancel();
        role = Role.LEADER;
        leader = Optional.of(self);
        next.clear();
        matched.clear();
        voters.forEach(voter -> next.put(voter, disk.last() + 1));
        disk.items.add(new SimDisk.Item(disk.term, null));
        simulation.trace(() -> self + " shard " + shard + " leads in term " + disk.term);
        beat(disk.term);
        commitWhatIsSafe();
    }

    private void follow(long term, Optional<NodeId> whom) {
        boolean led = role == Role.LEADER;
        if (term > disk.term) {
            disk.term = term;
            disk.vote = null;
        }
        role = Role.FOLLOWER;
        leader = whom;
        if (led) {
            heartbeat.cancel();
            waitForLeader();
            List<Pending> lost = List.copyOf(pending.values());
            pending.clear();
            lost.forEach(one -> one.result().completeExceptionally(new OutcomeUnknownException("leadership was lost")));
        }
    }

    // Replication

    private void beat(long term) {
        if (role != Role.LEADER || disk.term != term) return;
        replicate();
        heartbeat = time.after(HEARTBEAT, () -> beat(term));
    }

    private void replicate() {
        others(this::nextFor);
    }

    private RaftMessage nextFor(NodeId follower) {
        long from = next.getOrDefault(follower, disk.last() + 1);
        SimDisk.Snapshot snapshot = disk.snapshot;
        if (snapshot != null && disk.termAt(from - 1) < 0) return new RaftMessage.Install(disk.term, self, snapshot);
        List<SimDisk.Item> items = new ArrayList<>();
        for (long i = from; i <= disk.last() && items.size() < ITEMS_PER_MESSAGE; i++) items.add(disk.item(i));
        return new RaftMessage.Append(disk.term, self, from - 1, disk.termAt(from - 1), List.copyOf(items), committed);
    }

    private void append(RaftMessage.Append told) {
        if (told.term() < disk.term) {
            network.accept(told.from(), new RaftMessage.AppendedTo(disk.term, self, false, disk.last() + 1));
            return;
        }
        follow(told.term(), Optional.of(told.from()));
        waitForLeader();
        boolean joins = told.previous() <= committed || disk.termAt(told.previous()) == told.previousTerm();
        if (told.previous() > disk.last() || !joins) {
            long retry = Math.max(committed + 1, Math.min(told.previous(), disk.last() + 1));
            network.accept(told.from(), new RaftMessage.AppendedTo(disk.term, self, false, retry));
            return;
        }
        long index = told.previous();
        for (SimDisk.Item item : told.items()) {
            index++;
            if (index < disk.first) continue;
            if (disk.holds(index) && disk.item(index).term() == item.term()) continue;
            if (disk.holds(index)) {
                if (index <= committed) throw new IllegalStateException(self + " would overwrite what is committed at " + index);
                disk.cutFrom(index);
            }
            disk.items.add(item);
        }
        commit(Math.min(told.committed(), index));
        network.accept(told.from(), new RaftMessage.AppendedTo(disk.term, self, true, index));
    }

    private void appended(RaftMessage.AppendedTo told) {
        if (role != Role.LEADER || told.term() != disk.term) return;
        if (told.taken()) {
            matched.merge(told.from(), told.matched(), Math::max);
            long before = next.getOrDefault(told.from(), 0L);
            next.put(told.from(), Math.max(before, told.matched() + 1));
            commitWhatIsSafe();
        } else {
            long known = matched.getOrDefault(told.from(), -1L);
            next.put(told.from(), Math.max(known + 1, Math.min(told.matched(), disk.last() + 1)));
        }
        if (next.getOrDefault(told.from(), 0L) <= disk.last()) network.accept(told.from(), nextFor(told.from()));
    }

    /// Only what a majority has up to an item of this very term is safe.
    private void commitWhatIsSafe() {
        if (role != Role.LEADER) return;
        matched.put(self, disk.last());
        for (long index = disk.last(); index > committed; index--) {
            long at = index;
            long have = voters.stream().filter(voter -> matched.getOrDefault(voter, -1L) >= at).count();
            if (2 * have > voters.size() && disk.termAt(index) == disk.term) {
                commit(index);
                return;
            }
        }
    }

    private void commit(long index) {
        if (index <= committed) return;
        committedBefore = committed;
        committed = index;
        applySoon();
    }

    // Applying

    private void applySoon() {
        if (applying || applied >= committed) return;
        applying = true;
        Duration lag = simulation.chance(0.02)
                ? simulation.between(Duration.ofMillis(1), Duration.ofMillis(150))
                : simulation.between(Duration.ZERO, Duration.ofNanos(300_000));
        int start = starts;
        time.after(lag, () -> {
            if (start != starts) return;
            applying = false;
            int most = 1 + simulation.random.nextInt(8);
            for (int i = 0; i < most && applied < committed; i++) applyNext();
            applySoon();
        });
    }

    private void applyNext() {
        long index = applied + 1;
        SimDisk.Item item = disk.item(index);
        List<byte[]> outcomes = List.of();
        try {
            Entry entry = item.entry();
            if (entry == null) machine.skip(index);
            else outcomes = machine.apply(index, entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        applied = index;
        mostApplied = Math.max(mostApplied, applied);
        Pending one = pending.remove(index);
        if (one != null && one.term() == item.term()) one.result().complete(new Appended.Applied(index, outcomes));
        if (disk.snapshot == null ? applied >= SNAPSHOT_EVERY : applied - disk.snapshot.last() >= SNAPSHOT_EVERY) takeSnapshot();
        tellWaiting();
    }

    private void tellWaiting() {
        while (!waiting.isEmpty() && waiting.firstKey() <= applied)
            waiting.pollFirstEntry().getValue().forEach(one -> one.complete(null));
    }

    // Snapshots

    private void takeSnapshot() {
        try {
            Path folder = Files.createDirectories(disk.folder.resolve("snapshot-" + disk.snapshots++));
            List<Path> files = machine.snapshot(folder);
            disk.snapshot = new SimDisk.Snapshot(applied, disk.termAt(applied), folder, List.copyOf(files));
            machine.retain(files);
            // Some of the log stays, so that followers that are a little behind need no snapshot.
            disk.keepFrom(applied - 4);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void install(RaftMessage.Install told) {
        if (told.term() < disk.term) return;
        follow(told.term(), Optional.of(told.from()));
        waitForLeader();
        SimDisk.Snapshot theirs = told.snapshot();
        if (theirs.last() > committed) {
            SimDisk.Snapshot ours = copy(theirs).orElse(null);
            // The sender has taken a newer one meanwhile; it will send that.
            if (ours == null) return;
            if (disk.termAt(ours.last()) == ours.lastTerm()) disk.keepFrom(ours.last() + 1);
            else {
                disk.items.clear();
                disk.first = ours.last() + 1;
            }
            disk.snapshot = ours;
            restore(ours);
            simulation.trace(() -> self + " shard " + shard + " takes up a snapshot to " + ours.last());
        }
        network.accept(told.from(), new RaftMessage.AppendedTo(disk.term, self, true, theirs.last()));
    }

    private Optional<SimDisk.Snapshot> copy(SimDisk.Snapshot theirs) {
        try {
            Path folder = Files.createDirectories(disk.folder.resolve("snapshot-" + disk.snapshots++));
            List<Path> files = new ArrayList<>();
            for (Path file : theirs.files()) files.add(Files.copy(file, folder.resolve(theirs.folder().relativize(file).toString())));
            return Optional.of(new SimDisk.Snapshot(theirs.last(), theirs.lastTerm(), folder, List.copyOf(files)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void restore(SimDisk.Snapshot snapshot) {
        try {
            machine.restore(snapshot.folder(), snapshot.files());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        committed = Math.max(committed, snapshot.last());
        committedBefore = committed;
        applied = snapshot.last();
        tellWaiting();
    }

    private void others(Function<NodeId, RaftMessage> message) {
        for (NodeId voter : voters) if (!voter.equals(self)) network.accept(voter, message.apply(voter));
    }
}
