package io.engram.grid.log;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.util.CodeInjectionForTesting;

/// Cuts links between the Ratis servers of this process: what one node sends to another fails where it arrives, before Ratis has looked at it.
/// One at a time, since Ratis knows one such place for the whole process. Membership questions do not go this way, see [Cluster#unreachable].
final class RaftLinks implements AutoCloseable {
    /// All that one server can ask of another, as `RaftServerImpl` names it.
    private static final List<String> MESSAGES = List.of("REQUEST_VOTE", "APPEND_ENTRIES", "INSTALL_SNAPSHOT", "START_LEADER_ELECTION");

    private final List<String> places;
    private final Set<Link> cut = ConcurrentHashMap.newKeySet();

    private record Link(String from, String to) {}

    RaftLinks() throws ReflectiveOperationException {
        // Looked up and not written down: a name that Ratis does not know cuts nothing, and says nothing.
        var server = Class.forName("org.apache.ratis.server.impl.RaftServerImpl");
        places = MESSAGES.stream().map(name -> place(server, name)).toList();
        for (var place : places) CodeInjectionForTesting.put(place, (local, remote, _) -> {
            if (cut.contains(new Link(String.valueOf(remote), String.valueOf(local)))) throw new CutException(remote + " cannot reach " + local);
            return true;
        });
    }

    private static String place(Class<?> server, String name) {
        try {
            var field = server.getDeclaredField(name);
            field.setAccessible(true);
            return (String) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Ratis has no place called " + name, e);
        }
    }

    /// What `from` sends does not reach `to`; answers to what `to` asks still reach it.
    void cut(NodeId from, NodeId to) {
        cut.add(new Link(from.value(), to.value()));
    }

    /// Cuts a node off from others, both ways.
    void isolate(NodeId node, List<NodeId> others) {
        for (var other : others) {
            if (other.equals(node)) continue;
            cut(node, other);
            cut(other, node);
        }
    }

    void heal() {
        cut.clear();
    }

    @Override
    public void close() {
        heal();
        places.forEach(CodeInjectionForTesting::remove);
    }

    /// Without a stack trace: each heartbeat over a cut link is one.
    private static final class CutException extends RuntimeException {
        private static final long serialVersionUID = 1;

        CutException(String message) {
            super(message, null, false, false);
        }
    }
}
