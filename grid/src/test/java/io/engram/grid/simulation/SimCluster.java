package io.engram.grid.simulation;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.shard.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Some nodes on one simulated network, each with a replica of every shard; they can be killed and started again.
final class SimCluster {
    private final Simulation simulation;
    private final Variation variation;
    private final Path folder;
    private final List<ShardId> shards;
    private final Space space;
    private final Map<NodeId, SimProcess> processes = new TreeMap<>();
    private final Map<NodeId, Map<ShardId, SimDisk>> disks = new TreeMap<>();
    private final Map<NodeId, SimNode> running = new TreeMap<>();
    private final Map<String, Set<Long>> versions = new TreeMap<>();
    private Consumer<NodeId> voted = node -> {};
    final MemoryNetwork network;

    SimCluster(Simulation simulation, Variation variation, Path folder, int nodes, int shards) {
        this.simulation = simulation;
        this.variation = variation;
        this.folder = folder;
        this.network = new MemoryNetwork(simulation);
        this.shards = IntStream.range(0, shards).mapToObj(ShardId::new).toList();
        this.space = Wire.space(7, shards);
        for (int i = 1; i <= nodes; i++) {
            NodeId id = new NodeId("n" + i);
            SimProcess process = new SimProcess(simulation, id);
            processes.put(id, process);
            network.join(process);
            network.answer(id, (question, deadline) -> node(id).map(node -> node.answer(question, deadline))
                    .orElseThrow(() -> new IllegalStateException("asked while down")));
        }
        for (NodeId id : processes.keySet()) start(id);
    }

    /// Is told of each vote as it is given.
    void whenVoted(Consumer<NodeId> what) {
        voted = what;
    }

    List<NodeId> nodes() {
        return List.copyOf(processes.keySet());
    }

    List<ShardId> shards() {
        return shards;
    }

    /// All versions under which any replica ever recorded the key.
    Set<Long> versionsOf(String key) {
        return versions.getOrDefault(key, Set.of());
    }

    Space space() {
        return space;
    }

    /// Runs until every shard has taken up the space.
    void boot() {
        Set<ShardId> ready = new TreeSet<>();
        for (int i = 0; i < 100 && ready.size() < shards.size(); i++) {
            simulation.runFor(Duration.ofMillis(100));
            for (ShardId shard : shards) node(simulation.oneOf(nodes())).ifPresent(node -> {
                var _ = node.submit(shard, Wire.install(space), Deadline.after(Duration.ofMillis(500), node.time))
                        .thenAccept(outcome -> ready.add(shard));
            });
        }
        if (ready.size() < shards.size()) throw new IllegalStateException("the space has not been installed");
    }

    SimProcess process(NodeId id) {
        SimProcess process = processes.get(id);
        if (process == null) throw new IllegalArgumentException("no node " + id);
        return process;
    }

    /// The node, if it is up (it may be paused: whatever runs on it must run through its process).
    Optional<SimNode> node(NodeId id) {
        return process(id).up() ? Optional.ofNullable(running.get(id)) : Optional.empty();
    }

    void kill(NodeId id) {
        process(id).kill();
        if (variation == Variation.VOTE_NOT_PERSISTED)
            disks.getOrDefault(id, Map.of()).values().forEach(SimDisk::forgetVote);
    }

    void start(NodeId id) {
        SimProcess process = process(id);
        process.start();
        SimTime time = new SimTime(simulation, process);
        Map<ShardId, MemoryLog> logs = new TreeMap<>();
        Map<ShardId, SimMachine> machines = new TreeMap<>();
        for (ShardId shard : shards) {
            SimDisk disk = disks.computeIfAbsent(id, n -> new TreeMap<>()).computeIfAbsent(shard, s -> disk(id, s));
            SimMachine machine = new SimMachine(shard, time, (key, version) -> versions.computeIfAbsent(key, k -> new TreeSet<>()).add(version), variation);
            machines.put(shard, machine);
            logs.put(shard, new MemoryLog(simulation, shard, id, nodes(), disk, machine, time,
                    (to, message) -> network.send(id, to, () -> node(to).ifPresent(node -> node.log(shard).take(message))),
                    () -> voted.accept(id), variation));
        }
        SimNode node = new SimNode(simulation, process, time, logs, machines, network.peers(process, time), variation);
        running.put(id, node);
        node.start();
    }

    private SimDisk disk(NodeId id, ShardId shard) {
        try {
            return new SimDisk(Files.createDirectories(folder.resolve(id + "-" + shard)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Replicas of one shard that have applied the same but differ.
    Optional<String> divergence() {
        for (ShardId shard : shards) {
            Map<Long, Long> digests = new TreeMap<>();
            for (SimNode node : new ArrayList<>(running.values())) {
                SimMachine machine = node.machine(shard);
                Long other = digests.putIfAbsent(machine.applied(), machine.digest());
                if (other != null && other != machine.digest())
                    return Optional.of("replicas of shard " + shard + " differ at log index " + machine.applied());
            }
        }
        return Optional.empty();
    }
}
