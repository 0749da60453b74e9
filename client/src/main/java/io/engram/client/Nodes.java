package io.engram.client;

import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// The nodes this client knows, and which of them to ask next. One channel each; for many threads.
final class Nodes {
    /// More members than a cluster has; a bound, should a status be absurd.
    private static final int MAX_NODES = 64;

    private final Function<String, ManagedChannel> dial;
    private final LongSupplier nanoTime;
    private final Map<String, NodeLink> links = new LinkedHashMap<>();
    private int turn = ThreadLocalRandom.current().nextInt(1 << 16);
    private boolean closed;

    Nodes(Set<String> endpoints, Function<String, ManagedChannel> dial, LongSupplier nanoTime) {
        this.dial = dial;
        this.nanoTime = nanoTime;
        for (String endpoint : endpoints) links.put(endpoint, new NodeLink(endpoint, dial.apply(endpoint), true));
    }

    /// The preferred node if it seems well; else each healthy one in turn; else the one whose suspicion ends first.
    ///
    /// @param preferred name of a node
    /// @param tried nodes that this call has asked: they come last
    synchronized NodeLink choose(Optional<String> preferred, Collection<NodeLink> tried) {
        if (closed) throw Closed.exception();
        long now = nanoTime.getAsLong();
        List<NodeLink> all = List.copyOf(links.values());
        turn = (turn + 1) & Integer.MAX_VALUE;
        List<NodeLink> inTurn = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) inTurn.add(all.get((turn + i) % all.size()));
        return inTurn.stream()
                .min(Comparator.<NodeLink>comparingInt(link -> link.suspected(now) ? 1 : 0)
                        .thenComparingInt(link -> tried.contains(link) ? 1 : 0)
                        .thenComparingInt(link -> preferred.isPresent() && preferred.equals(link.name()) ? 0 : 1)
                        .thenComparingLong(link -> link.suspected(now) ? link.suspectedUntil() : 0))
                .orElseThrow();
    }

    /// Whether there is a node that seems well and was not asked yet.
    synchronized boolean another(Collection<NodeLink> tried) {
        long now = nanoTime.getAsLong();
        return links.values().stream().anyMatch(link -> !link.suspected(now) && !tried.contains(link));
    }

    synchronized boolean alone() {
        return links.size() == 1;
    }

    synchronized void answered(NodeLink link) {
        link.answered(nanoTime.getAsLong());
    }

    /// Sets a node aside while somebody finds out whether it is there.
    ///
    /// @param quiet it must not have been heard for as long
    /// @param limit of being set aside
    /// @return false: there is no doubt, nobody else to ask, or somebody at it already
    synchronized boolean doubt(NodeLink link, Duration quiet, Duration limit) {
        long now = nanoTime.getAsLong();
        if (closed || links.size() == 1 || link.doubted() || link.heardSince(now - quiet.toNanos())) return false;
        link.doubt(now + limit.toNanos());
        return true;
    }

    /// @return whether that is news
    synchronized boolean silent(NodeLink link) {
        boolean news = !link.silent();
        link.fellSilent();
        return news;
    }

    /// Whether its connection, or the making of it, is to be given up.
    synchronized boolean worthRedialling(NodeLink link) {
        return link.worthRedialling(nanoTime.getAsLong());
    }

    /// It answers, or its machine says that nobody is there to answer.
    synchronized void doubtEnded(NodeLink link) {
        link.doubtEnded();
    }

    synchronized boolean isSilent(NodeLink link) {
        return link.silent();
    }

    synchronized void failed(NodeLink link) {
        link.failed(nanoTime.getAsLong());
    }

    synchronized List<NodeLink> all() {
        return List.copyOf(links.values());
    }

    synchronized void named(NodeLink link, String name) {
        link.named(name);
    }

    /// Takes in members that were not known and drops learned ones that are gone. A member that is already known by
    /// its name keeps the endpoint that the application gave: it may reach it by another way than members do. One that the others do not
    /// reach is not taken in: it may be the one that has not told its name yet, and would then be waited for twice.
    synchronized void members(List<ClusterStatus.Member> members) {
        if (closed) return;
        Set<String> known = new java.util.HashSet<>();
        links.values().forEach(link -> link.name().ifPresent(known::add));
        for (ClusterStatus.Member member : members) {
            if (!member.reachable() || member.endpoint().isEmpty() || known.contains(member.node()) || links.containsKey(member.endpoint())) continue;
            if (links.size() >= MAX_NODES) break;
            NodeLink link = new NodeLink(NodeLink.checkEndpoint(member.endpoint()), dial.apply(member.endpoint()), false);
            link.named(member.node());
            links.put(member.endpoint(), link);
        }
        Set<String> named = new java.util.HashSet<>();
        members.forEach(member -> named.add(member.node()));
        links.values().removeIf(link -> {
            boolean gone = !link.configured() && link.name().isPresent() && !named.contains(link.name().get());
            if (gone) link.closing().shutdown();
            return gone;
        });
    }

    /// @return the channels, for the caller to shut down
    synchronized List<ManagedChannel> close() {
        closed = true;
        return links.values().stream().map(NodeLink::closing).toList();
    }
}
