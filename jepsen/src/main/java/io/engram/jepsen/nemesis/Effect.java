package io.engram.jepsen.nemesis;

import java.util.List;

/// What a fault did, as it was observed.
///
/// @param nodes that it hit, by name
/// @param seen how it showed, in a few words: "n1 got no answer from n2, n3 within 500 ms"
/// @param tool what it was done with, where there is a choice (tc netem, NFQUEUE, iptables statistic); empty otherwise
public record Effect(List<String> nodes, String seen, String tool) {
    public Effect {
        nodes = List.copyOf(nodes);
    }
}
