package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.docker.fault.Hearing.Link;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.Fault.Plane;
import io.engram.jepsen.nemesis.FaultException;
import io.engram.jepsen.nemesis.Grudge;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Partitions by iptables: nodes drop what comes in from others.
final class Partitions implements Breakage<Fault.Partition> {
    private static final Duration SHOWS = Duration.ofSeconds(20);
    private static final Duration GREETING = Duration.ofMillis(700);
    private static final Comparator<Link> BY_TEXT = Comparator.comparing(Link::toString);
    private static final List<Integer> BETWEEN_NODES = FirewallRules.ports(Plane.ALL);

    private final List<ContainerNode> nodes;
    private final Hearing hearing;
    private final RandomGenerator random;
    private final BooleanSupplier lossy;
    private final Map<Integer, Cut> cuts = new TreeMap<>();

    private record Cut(Grudge grudge, Plane plane) {}

    /// @param lossy whether packets are lost on purpose now: a probe that does not arrive says nothing then
    Partitions(List<ContainerNode> nodes, RandomGenerator random, BooleanSupplier lossy) {
        this.nodes = nodes;
        this.hearing = new Hearing(nodes);
        this.random = random;
        this.lossy = lossy;
    }

    @Override
    public Effect inject(int id, Fault.Partition fault, List<ContainerNode> hit) throws FaultException {
        if (fault.plane() == Plane.CLIENTS) return cutClients(id, hit);
        if (nodes.size() < 2) throw new FaultException("a partition needs two nodes or more");
        Grudge grudge = Grudge.draw(fault.shape(), Nodes.names(nodes), Nodes.names(hit), random);
        cuts.put(id, new Cut(grudge, fault.plane()));
        List<ContainerNode> deaf = nodes.stream().filter(node -> grudge.deafTo().containsKey(node.name())).toList();
        Together.all(deaf, node -> node.run(FirewallRules.cut(id, fault.plane(), addresses(grudge.deafTo().getOrDefault(node.name(), Set.of())))));
        int probed = verify();
        String where = fault.plane() == Plane.ALL ? "every plane" : fault.plane() + " only";
        return new Effect(Nodes.names(deaf), grudge + " (" + where + "; " + probed + " links probed)", "iptables");
    }

    @Override
    public String heal(int id, Fault.Partition fault, List<ContainerNode> hit) throws FaultException {
        cuts.remove(id);
        Together.all(nodes, node -> node.run(FirewallRules.mend(id)));
        if (fault.plane() == Plane.CLIENTS) {
            verifyClients();
            return "clients reach " + Nodes.said(hit);
        }
        return "all other links open, " + verify() + " probed";
    }

    @Override
    public void forget() {
        cuts.clear();
    }

    /// Sees that exactly those links are cut that shall be.
    ///
    /// @return how many links were probed
    int verify() throws FaultException {
        Set<Link> cut = new HashSet<>();
        cuts.values().stream().filter(c -> c.plane() != Plane.CLIENTS).forEach(c -> cut.addAll(links(c)));
        Set<Link> every = hearing.every(BETWEEN_NODES);
        StringBuilder difference = new StringBuilder();
        Together.until(SHOWS, "packets did not go as they should", () -> {
            Set<Link> heard = hearing.heard(BETWEEN_NODES);
            Set<Link> leaks = new TreeSet<>(BY_TEXT);
            leaks.addAll(heard);
            leaks.retainAll(cut);
            if (!leaks.isEmpty()) throw new FaultException("packets went through a cut: " + leaks);
            if (lossy.getAsBoolean()) return true;
            Set<Link> missing = new TreeSet<>(BY_TEXT);
            missing.addAll(every);
            missing.removeAll(cut);
            missing.removeAll(heard);
            difference.setLength(0);
            difference.append(missing);
            return missing.isEmpty();
        });
        // A connection needs both directions: where one is cut, none can be opened from either end.
        Set<Link> silent = cut.isEmpty() ? Set.of() : hearing.unconnectable(BETWEEN_NODES);
        for (Link link : cut) {
            if (!silent.contains(link)) throw new FaultException("a connection could be opened through a cut: " + link);
            Link back = new Link(link.to(), link.from(), link.port());
            if (!silent.contains(back)) throw new FaultException("a connection could be opened through a cut: " + back);
        }
        return every.size();
    }

    private Set<Link> links(Cut cut) {
        Set<Link> links = new HashSet<>();
        cut.grudge().deafTo().forEach((node, others) -> {
            for (String other : others) for (int port : FirewallRules.ports(cut.plane())) links.add(new Link(other, node, port));
        });
        return links;
    }

    private Effect cutClients(int id, List<ContainerNode> hit) throws FaultException {
        cuts.put(id, new Cut(new Grudge(hit.stream().collect(Collectors.toMap(ContainerNode::name, node -> Set.of("clients")))), Plane.CLIENTS));
        Together.all(hit, node -> node.run(FirewallRules.cut(id, Plane.CLIENTS, List.of())));
        Together.all(hit, node -> {
            if (node.door().greetsClients(GREETING)) throw new FaultException("clients still reach " + node.name());
        });
        verify();
        return new Effect(Nodes.names(hit), "clients get no answer from " + Nodes.said(hit), "iptables");
    }

    /// A node that does not run, or is in other trouble, does not greet anybody.
    private void verifyClients() throws FaultException {
        Together.all(nodes, node -> {
            boolean cut = cuts.values().stream().anyMatch(c -> c.plane() == Plane.CLIENTS && c.grudge().deafTo().containsKey(node.name()));
            if (!cut && node.life().runs() && node.door().ready())
                Together.until(SHOWS, "clients do not reach " + node.name(), () -> node.door().greetsClients(GREETING));
        });
    }

    private List<String> addresses(Set<String> names) {
        return nodes.stream().filter(node -> names.contains(node.name())).map(ContainerNode::address).toList();
    }
}
