package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// A byte that is flipped, or a file that is cut short, on the disk of a node that was killed. It is started again when the fault is
/// healed, and has to notice: it must come back ready, with its copy repaired from the others.
final class Damages implements Breakage<Fault.Damage> {
    private static final String RECOVERED = "ls -d /disk/aside/* 2>/dev/null | tr '\\n' ' '";

    private static final Duration YOUNG = Duration.ofSeconds(20);

    private final Downs downs;
    private final Recovery recovery;
    private final RandomGenerator random;

    Damages(Downs downs, Recovery recovery, RandomGenerator random) {
        this.downs = downs;
        this.recovery = recovery;
        this.random = random;
    }

    @Override
    public Effect inject(int id, Fault.Damage fault, List<ContainerNode> hit) throws FaultException {
        Nodes.mustRun(hit);
        long seed = random.nextLong(Long.MAX_VALUE);
        Map<ContainerNode, String> seen = Together.ask(hit, node -> {
            // A young node may have no such file yet: it is not killed for nothing.
            Together.until(YOUNG, node.name() + " has no " + fault.part() + " that could be damaged",
                    () -> node.holds("for file in " + files(fault.part()) + "; do [ -s \"$file\" ] && exit 0; done; exit 1"));
            downs.down(id, node);
            return strike(node, fault, seed);
        });
        List<String> said = new ArrayList<>();
        seen.forEach((node, what) -> said.add(node.name() + " " + what));
        return new Effect(Nodes.names(hit), String.join("; ", said), "");
    }

    private static String strike(ContainerNode node, Fault.Damage fault, long seed) throws FaultException {
        String harmed = node.run("""
                mkdir -p /run/engram/sums
                # A file that has two names counts once.
                sums() { find /disk/raft /disk/records /disk/shards -type f -exec stat -c '%%i %%n' {} + 2>/dev/null | sort | awk '!seen[$1]++ { print $2 }' | xargs -r sha256sum; }
                sums > /run/engram/sums/before
                /opt/faults/engram-faults harm %s %d %s || { [ $? = 4 ] && echo nothing; exit 0; }
                sums > /run/engram/sums/after
                echo changed $(diff /run/engram/sums/before /run/engram/sums/after | grep -c '^[-+][^-+]')"""
                .formatted(fault.harm() == Fault.Harm.FLIP ? "flip" : "truncate", seed, files(fault.part())));
        if (harmed.contains("nothing")) throw new FaultException(node.name() + " has no " + fault.part() + " that could be damaged yet");
        // One line before and one after: this file's checksum is another, and no other file's is.
        if (!harmed.contains("changed 2")) throw new FaultException("the damage on " + node.name() + " does not show: " + harmed);
        return String.join(", ", harmed.lines().limit(2).toList());
    }

    static String files(Fault.Part part) {
        return switch (part) {
            case RAFT_LOG -> "/disk/raft/*/current/log_*";
            case SEGMENT -> "/disk/records/*/rows-*";
            case SNAPSHOT -> "/disk/shards/*/*.table /disk/shards/*/*.manifest";
        };
    }

    @Override
    public String heal(int id, Fault.Damage fault, List<ContainerNode> hit) throws FaultException {
        String how = recovery.ready(downs.up(id, hit));
        Map<ContainerNode, String> aside = Together.ask(hit, node -> node.run(RECOVERED).strip());
        List<String> said = new ArrayList<>();
        aside.forEach((node, folders) -> said.add(node.name() + (folders.isEmpty() ? " set nothing aside" : " set aside " + folders)));
        return how + "; " + String.join("; ", said);
    }

    @Override
    public void forget() {
        downs.forget();
    }
}
