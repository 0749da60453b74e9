package io.engram.grid.log;

import com.google.common.base.Throwables;
import io.engram.grid.log.Seat.Stage;
import io.engram.grid.wire.MembershipAnswer;
import io.engram.grid.wire.MembershipAnswer.Standing;
import io.engram.grid.wire.MembershipQuestion.Step;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps this node's replica of one shard running: founds it, starts it, starts it again after it closed itself, and lets it
/// join again after its files were lost or damaged. Decision 0003 has the rules. Everything here runs on one thread.
final class Replica {
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

    /// A closed group must be noticed within a second.
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private static final Duration STOP = Duration.ofSeconds(20);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(10);

    private final ShardId shard;
    private final RaftGroupId group;
    private final RaftNode node;
    private final List<RaftPeer> founders;
    private final Neighbours neighbours;
    private final ReplicaFiles files;
    private final DiskProbe disk;
    private final RatisShardLog log;
    private final ReplicaStateMachine.Machine machine;
    private final AppliedIndex applied;
    private volatile RatisShardLog.@Nullable Running running;
    private volatile Seat seat;
    private volatile @Nullable ReplicaStateMachine next;
    private volatile @Nullable String complaint;
    private volatile @Nullable String setAside;
    private Duration backoff = LOOK_EVERY;
    private long lastTerm;

    Replica(
            ShardId shard,
            RaftGroupId group,
            RaftNode node,
            List<RaftPeer> founders,
            Neighbours neighbours,
            ReplicaFiles files,
            DiskProbe disk,
            RatisShardLog log,
            ReplicaStateMachine.Machine machine,
            AppliedIndex applied)
            throws IOException {
        this.shard = shard;
        this.group = group;
        this.node = node;
        this.founders = List.copyOf(founders);
        this.neighbours = neighbours;
        this.files = files;
        this.disk = disk;
        this.log = log;
        this.machine = machine;
        this.applied = applied;
        this.seat = files.seat();
    }

    /// Until interrupted.
    void keep() {
        while (!Thread.currentThread().isInterrupted()) {
            var pause = LOOK_EVERY;
            try {
                step();
                backoff = LOOK_EVERY;
            } catch (IOException | RuntimeException | Error e) {
                // Errors too: a replica that nobody keeps would never come back, and never say so.
                if (Thread.currentThread().isInterrupted()) return;
                failed(e);
                pause = backoff;
                backoff = backoff.multipliedBy(2).compareTo(LONGEST_BACKOFF) < 0 ? backoff.multipliedBy(2) : LONGEST_BACKOFF;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void step() throws IOException {
        switch (seat.stage()) {
            case NEW, FOUNDING -> settle();
            case LEAVING -> leave();
            case JOINING, MEMBER -> run();
        }
    }

    // ---- finding out what this replica is

    private void settle() throws IOException {
        var verdict = neighbours.standings(shard);
        if (verdict.exists()) {
            lost("another replica has taken part in this shard, this one holds nothing of it");
            return;
        }
        if (!verdict.silent().isEmpty()) {
            log.stopped("STARTING: whether the shard is new cannot be told without " + verdict.silent());
            complaint = "shard " + shard + " waits for " + verdict.silent() + " to tell whether it is new";
            return;
        }
        // A seat that is lost must not cost a replica: founding empties the folders.
        if (seat.stage() == Stage.NEW && files.raft().exists())
            throw new IOException("there is a log of this shard in " + files.raft().path()
                    + " and no seat that says whose it is; put the seat back, or move the log away");
        seat(new Seat(Stage.FOUNDING));
        files.clear();
        files.raft().make(0);
        seat(new Seat(Stage.MEMBER));
        LOG.info("shard founded shard={} replicas={}", shard, founders);
    }

    private void lost(String why) throws IOException {
        lastTerm = 0;
        if (neighbours.none()) throw new IOException("replica lost, and there is no other to fetch it from: " + why);
        log.stopped("RECOVERING: " + why);
        machine.sound = false;
        seat(new Seat(Stage.LEAVING));
        LOG.warn("replica lost, joining again shard={} why={}", shard, why);
    }

    private void leave() throws IOException {
        log.stopped("RECOVERING: asks to be taken out of the configuration");
        var left = neighbours.ask(shard, Step.STEP_LEAVE);
        if (!left.getDone()) {
            recovering("asks to be taken out of the configuration: " + left.getDetail());
            return;
        }
        files.clear();
        files.raft().make(left.getTerm());
        seat(new Seat(Stage.JOINING));
        LOG.info("replica taken out, starting from nothing shard={} term={}", shard, left.getTerm());
    }

    private void recovering(String what) {
        log.standing("RECOVERING: " + what);
        complaint = "shard " + shard + " " + what;
    }

    // ---- running it

    private void run() throws IOException {
        var current = running;
        if (current == null) {
            start();
            return;
        }
        var state = current.division().getInfo().getLifeCycleState();
        boolean broken = state == LifeCycle.State.EXCEPTION || state.isClosingOrClosed() || current.machine().logFailed() || current.machine().stuck();
        if (broken || serverClosed(current) || AppendQueue.broken(current.division())) {
            restart(current);
            return;
        }
        boolean member = current.division().getRaftConf().getPeer(node.self()) != null;
        // While it catches up, its own newest configuration may be one from before it was taken out: only the leader's answer
        // ends the joining. Asking again is harmless.
        if (!member || seat.stage() == Stage.JOINING) {
            // Leadership may be handed to it before it hears that it was taken in; then nobody else leads whom it could ask. A majority
            // elected it, one of whom at least holds its removal: its own configuration is the newest.
            if (!member || !current.division().getInfo().isLeaderReady()) {
                recovering("asks to be taken into the configuration");
                var joined = neighbours.ask(shard, Step.STEP_JOIN);
                if (!joined.getDone()) {
                    recovering("asks to be taken into the configuration: " + joined.getDetail());
                    return;
                }
            }
            if (state != LifeCycle.State.RUNNING || !member) return;
            seat(new Seat(Stage.MEMBER));
            LOG.info("replica joined shard={} term={}", shard, current.division().getInfo().getCurrentTerm());
        }
        if (state == LifeCycle.State.RUNNING) {
            // Whoever sees it running sees no complaint of before.
            complaint = current.machine().snapshotFailed() ? "shard " + shard + " cannot take snapshots, see the log" : null;
            log.standing("RUNNING");
        } else log.standing("STARTING: waits for a leader");
    }

    private void start() throws IOException {
        // What a crashed start may have left, or one that was told to stop and has not yet: it still writes to these files.
        node.stop(group, STOP);
        if (!files.raft().exists()) {
            lost("the folder of its log is gone");
            return;
        }
        files.snapshots().forgetUnfinished();
        var full = disk.fault();
        if (full.isPresent()) {
            log.diskFull(full.get());
            complaint = "shard " + shard + " cannot start: " + full.get();
            return;
        }
        if (lastTerm > 0) files.raft().mend(lastTerm, node.self().toString());
        files.raft().force();
        log.stopped("STARTING: reads its log");
        var made = new ReplicaStateMachine(shard, machine, files.snapshots(), applied);
        next = made;
        try {
            // Counts only where Ratis has none on disk, neither in a file of its own, which a full disk may have emptied, nor in the
            // log. Who joins has to learn it from the leader.
            var peers = seat.stage() == Stage.MEMBER ? founders : List.<RaftPeer>of();
            var division = node.start(RaftGroup.valueOf(group, peers), this::lasts);
            var snapshot = made.getLatestSnapshot();
            long from = division.getRaftLog().getStartIndex();
            if (from > (snapshot == null ? -1 : snapshot.getIndex()) + 1)
                throw new DamagedFileException(
                        files.raft().path(), "the log begins at " + from + ", and no snapshot reaches that far");
            var started = new RatisShardLog.Running(node.ensureOpen(), division, made);
            running = started;
            log.runs(started);
        } catch (IOException | RuntimeException e) {
            // Interrupted: the node is closing, and closes what has begun.
            if (!Thread.currentThread().isInterrupted()) made.abandon();
            var damage = Damage.in(e).or(() -> Optional.ofNullable(made.fault()).flatMap(Damage::in));
            if (damage.isEmpty()) throw e;
            var what = named(damage.get());
            if (neighbours.none()) {
                // Its message, not that of its cause, is what is told.
                var alone = new IOException(what);
                alone.addSuppressed(e);
                throw alone;
            }
            node.stop(group, STOP);
            setAside = "shard " + shard + " was damaged (" + what + "); its files are kept in " + files.setAside();
            LOG.error("replica damaged, files set aside shard={} damage={}", shard, what, e);
            lost(what);
        }
    }

    /// Ratis' own errors say what is wrong with a log, and not in which file.
    private String named(String damage) throws IOException {
        if (damage.startsWith(DamagedFileException.SAID)) return damage;
        return files.raft().damagedLog().map(Throwable::getMessage).orElse(DamagedFileException.SAID + "in " + files.raft().path() + ": " + damage);
    }

    private void lasts(Duration since) {
        complaint = "shard " + shard + " has been starting for " + since.toSeconds() + " s: it reads its log and restores its state";
        LOG.info("replica still starting shard={} seconds={}", shard, since.toSeconds());
    }

    private static boolean serverClosed(RatisShardLog.Running current) {
        return current.server().getLifeCycleState().isClosingOrClosed();
    }

    private void restart(RatisShardLog.Running closed) throws IOException {
        var fault = closed.machine().fault();
        var why = serverClosed(closed)
                ? "Ratis closed the server, as it does after a long pause of the process"
                : closed.machine().votedOut() ? "the leader says that it is in the configuration no more"
                : closed.machine().stuck() ? "a snapshot that arrived could not be put into place"
                : AppendQueue.broken(closed.division()) ? "entries of the leader could not be appended, and Ratis appends none after them"
                : fault == null ? "Ratis closed the group" : String.valueOf(fault.getMessage());
        LOG.warn("replica stopped, starting it again shard={} why={}", shard, why, fault);
        complaint = "shard " + shard + " stopped: " + why;
        log.stopped("FAILED: " + why);
        running = null;
        // One whose log failed may still run, and even lead.
        try {
            if (!serverClosed(closed)) node.stop(group, STOP);
        } finally {
            lastTerm = Math.max(lastTerm, closed.division().getInfo().getCurrentTerm());
        }
        // Its own configuration may be one in which it still is: only the leader's answer brings it back in.
        if (closed.machine().votedOut() && seat.stage() == Stage.MEMBER) seat(new Seat(Stage.JOINING));
    }

    private void failed(Throwable e) {
        // The innermost that says anything: a timeout says nothing.
        var why = Throwables.getCausalChain(e).reversed().stream()
                .map(Throwable::getMessage)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(e::toString);
        log.standing("FAILED: " + why);
        var said = "shard " + shard + " does not start: " + why;
        if (!said.equals(complaint)) LOG.warn("replica step failed shard={} stage={}", shard, seat.stage(), e);
        complaint = said;
    }

    private void seat(Seat to) throws IOException {
        files.seat(to);
        seat = to;
    }

    // ---- what others ask

    /// The state machine for the start that is under way.
    ReplicaStateMachine machine() {
        var made = next;
        if (made == null) throw new IllegalStateException("shard " + shard + " is not starting");
        return made;
    }

    RatisShardLog log() {
        return log;
    }

    ShardId shard() {
        return shard;
    }

    RatisShardLog.@Nullable Running running() {
        return running;
    }

    List<String> complaints() {
        return Stream.of(Optional.ofNullable(complaint), Optional.ofNullable(setAside))
                .flatMap(Optional::stream)
                .toList();
    }

    /// What this replica can say for sure about itself, to one that asks whether the shard is new.
    MembershipAnswer standing() throws IOException {
        return switch (seat.stage()) {
            case NEW, FOUNDING -> MembershipAnswer.newBuilder().setStanding(Standing.STANDING_FRESH).build();
            case LEAVING, JOINING -> MembershipAnswer.newBuilder().setStanding(Standing.STANDING_RETURNING).build();
            case MEMBER -> {
                // From the file: what counts is what was persisted, and Ratis may not have loaded it yet.
                if (!files.raft().exists()) yield MembershipAnswer.newBuilder().setStanding(Standing.STANDING_RETURNING).build();
                long term = files.raft().term();
                yield MembershipAnswer.newBuilder()
                        .setStanding(term == 0 ? Standing.STANDING_FRESH : Standing.STANDING_MEMBER)
                        .setTerm(term)
                        .build();
            }
        };
    }
}
