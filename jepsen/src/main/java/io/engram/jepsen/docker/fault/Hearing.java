package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.FaultException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Finds out who hears whom on which port, by datagrams: they need no answer, so that each direction shows by itself. And who can
/// connect to whom, by TCP.
final class Hearing {
    private static final int DATAGRAMS = 3;
    private static final int EVERY_MILLIS = 20;
    private static final int WAIT_MILLIS = 150;
    private static final int CONNECT_MILLIS = 400;

    /// One direction of one port.
    record Link(String from, String to, int port) {}

    private final List<ContainerNode> nodes;
    private final Map<String, String> nameOf;
    private final AtomicInteger words = new AtomicInteger();

    Hearing(List<ContainerNode> nodes) {
        this.nodes = nodes;
        this.nameOf = nodes.stream().collect(Collectors.toMap(ContainerNode::address, ContainerNode::name));
    }

    /// The links on which something arrived just now.
    Set<Link> heard(List<Integer> ports) throws FaultException {
        String word = "w" + System.nanoTime() + "-" + words.incrementAndGet();
        Together.all(nodes, node -> node.run("/opt/faults/engram-faults udp %d %d %d %s %s".formatted(
                DATAGRAMS, EVERY_MILLIS, WAIT_MILLIS, word, others(node, ports))));
        Set<Link> heard = new HashSet<>();
        Map<ContainerNode, String> notes = Together.ask(nodes, node -> node.run("grep -s -F " + word + " /run/engram/heard; : > /run/engram/heard"));
        notes.forEach((node, text) -> text.lines().map(line -> line.split(" ", -1)).forEach(parts -> {
            String from = nameOf.get(parts[1]);
            if (from != null) heard.add(new Link(from, node.name(), Integer.parseInt(parts[2])));
        }));
        return heard;
    }

    /// The links on which a connection could not be opened: no answer at all came back. A refusal is an answer.
    Set<Link> unconnectable(List<Integer> ports) throws FaultException {
        Set<Link> silent = new HashSet<>();
        Together.ask(nodes, node -> node.run("/opt/faults/engram-faults tcp " + CONNECT_MILLIS + " " + others(node, ports)))
                .forEach((node, text) -> text.lines().map(line -> line.split(" ", -1)).filter(parts -> parts[2].equals("silent"))
                        .forEach(parts -> silent.add(new Link(node.name(), nameOf.getOrDefault(parts[0], parts[0]), Integer.parseInt(parts[1])))));
        return silent;
    }

    /// Every link between nodes.
    Set<Link> every(List<Integer> ports) {
        Set<Link> links = new HashSet<>();
        for (ContainerNode from : nodes)
            for (ContainerNode to : nodes)
                if (from != to) for (int port : ports) links.add(new Link(from.name(), to.name(), port));
        return links;
    }

    private String others(ContainerNode node, List<Integer> ports) {
        List<String> targets = new ArrayList<>();
        Function<ContainerNode, String> address = ContainerNode::address;
        for (ContainerNode other : nodes) if (other != node) for (int port : ports) targets.add(address.apply(other) + ":" + port);
        return String.join(" ", targets);
    }
}
