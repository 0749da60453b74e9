package io.engram.grid.tier.cold;

import java.io.Serializable;
import java.util.Collection;
import org.apache.ignite.cluster.ClusterNode;
import org.apache.ignite.configuration.TopologyValidator;

/// Allows writes only where more than half of the configured members are.
///
/// Part of the cache's configuration, which every joining node compares with its own: without `equals` they are refused.
/// Not a record: Ignite's marshaller sets fields by address, which the JVM forbids for records.
final class Majority implements TopologyValidator, Serializable {
    private static final long serialVersionUID = 1;

    private final int members;

    Majority(int members) {
        this.members = members;
    }

    boolean isOf(int present) {
        return present * 2 > members;
    }

    @Override
    public boolean validate(Collection<ClusterNode> nodes) {
        return isOf((int) nodes.stream().filter(node -> !node.isClient()).count());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Majority that && that.members == members;
    }

    @Override
    public int hashCode() {
        return members;
    }
}
