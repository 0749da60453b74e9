package io.engram.jepsen.controls;

import io.engram.jepsen.controls.Rewriting.Advised;
import io.engram.jepsen.controls.Rewriting.Replaced;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// A way in which a node can be broken.
public enum Switch {
    /// Not Engram at all: a plain Hazelcast map behind the same interface.
    PLAIN_MAP(new Advised("io.engram.node.Main", "run", 1, "PlainMap")),

    /// Linearizable reads are Ratis' own instead of those through the fence.
    RATIS_READS(
            new Advised("io.engram.grid.log.RaftSettings", "of", 2, "RatisReadOption"),
            new Advised("io.engram.grid.freshness.FreshnessGate", "pass", 4, "RatisRead")),

    /// The same, with Ratis' leader lease.
    RATIS_LEASE(
            new Advised("io.engram.grid.log.RaftSettings", "of", 2, "RatisLeaseOption"),
            new Advised("io.engram.grid.freshness.FreshnessGate", "pass", 4, "RatisRead")),

    /// A follower claims every bound that it is asked for.
    UNCHECKED_FOLLOWER(new Advised("io.engram.grid.freshness.FreshnessGate", "pass", 4, "UncheckedFollower")),

    /// The log's writes are acknowledged without being forced to disk.
    SKIP_FSYNC(new Replaced("org.apache.ratis.server.raftlog.segmented.BufferedWriteChannel", "flush", 0, "force", "NoForce")),

    /// The log's writes are acknowledged while they stand in a buffer of the process.
    SKIP_WRITE(new Advised("org.apache.ratis.server.raftlog.segmented.BufferedWriteChannel", "flush", 0, "NoFlush")),

    /// An entry counts as committed as soon as one replica has it.
    EARLY_COMMIT(
            new Advised("org.apache.ratis.server.impl.LeaderStateImpl$MinMajorityMax", "getMajority", 1, "OneIsEnough")),

    /// What the hot tier returns is served whatever its version.
    SKIP_VERSION_CHECK(new Advised("io.engram.grid.route.Records", "verified", 3, "AnyVersion")),

    /// The hot tier loses every other change. It may: by itself, this must not be found.
    LOSSY_HOT_TIER(new Advised("io.engram.grid.tier.hot.HazelcastHotTier", "offer", 2, "EveryOther")),

    /// What a session sends twice is recorded twice.
    DROP_DEDUPE(new Advised("io.engram.grid.memory.shard.SessionCommands", "record", 4, "RecordedAgain"));

    @SuppressWarnings("ImmutableEnumChecker") // List.of, of records
    private final List<Rewriting> rewritings;

    Switch(Rewriting... rewritings) {
        this.rewritings = List.of(rewritings);
    }

    /// As the agent takes it: lower case, with dashes.
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    List<Rewriting> rewritings() {
        return rewritings;
    }

    /// @param text names, separated by commas
    /// @throws IllegalArgumentException naming what is not a switch, and those there are
    static Set<Switch> parse(String text) {
        Set<Switch> switches = EnumSet.noneOf(Switch.class);
        for (String name : text.split(",", -1))
            switches.add(Arrays.stream(values())
                    .filter(one -> one.text().equals(name.strip()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("switches must be some of "
                            + Arrays.stream(values()).map(Switch::text).collect(Collectors.joining(", ")) + ", separated by commas, was '"
                            + name + "'")));
        return switches;
    }
}
