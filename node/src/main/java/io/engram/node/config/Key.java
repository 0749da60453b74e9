package io.engram.node.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The settings of a node: their names, defaults, and what they mean. `--help` prints this list.
enum Key {
    NODE("node", "n1", "name of this node, one of the members"),
    CLUSTER("cluster", "engram", "nodes of another cluster are refused"),
    MEMBERS("members", "", "all nodes, the same list everywhere: n1=host:basePort,n2=...; empty: this node alone"),
    DEV("dev", "false", "one node for development: no members, loopback only"),
    STOP_AT_EOF("stop-at-eof", "false", "stop when standard input ends: with whoever started the node"),
    DATA("data", "data", "folder of everything this node keeps"),
    LISTEN_HOST("listen.host", "127.0.0.1", "address to listen on"),
    BASE_PORT("base.port", "", "first of seven ports; empty: that of this node in the members' list, or 7500"),
    SHARDS("shards", "4", "1..64, fixed when the cluster is created"),
    REPLICATION("replication", "", "replicas of each shard, odd; empty: 3, or 1 with fewer than three members"),
    // Measured: writes go on 1.0 to 1.5 s after the leader was killed; shorter makes a busy small machine nervous.
    LOG_ELECTION_MIN("log.election-min", "700ms", "least time without a leader before an election"),
    LOG_ELECTION_MAX("log.election-max", "1200ms", "largest time without a leader before an election"),
    LOG_SNAPSHOT_EVERY("log.snapshot-every", "20000", "log entries between snapshots"),
    LOG_ENTRY_BYTES("log.entry-bytes", "256KiB", "group commit closes an entry at this size"),
    LOG_ENTRIES_IN_FLIGHT("log.entries-in-flight", "1", "entries of a shard that are under way at once; more of them are smaller ones"),
    LOG_PENDING_BYTES("log.pending-bytes", "32MiB", "commands of a shard that wait; more are refused"),
    HOT_ENABLED("hot.enabled", "true", "whether to keep records in the grid in RAM"),
    HOT_MAX_BYTES("hot.max-bytes", "128MiB", "heap for this node's share of the hot tier"),
    HOT_BACKUPS("hot.backups", "1", "copies of a hot record on other nodes, 0..2"),
    COLD_ENABLED("cold.enabled", "true", "whether to run the grid on disk"),
    COLD_REGION_BYTES("cold.region-bytes", "128MiB", "memory of the cold tier, outside the heap"),
    COLD_BACKUPS("cold.backups", "2", "copies of a cold block on other nodes, 0..2"),
    TOKEN("token", "", "bearer token that clients must show; empty: none"),
    CLUSTER_SECRET("cluster.secret", "", "what nodes show each other; empty: the cluster's name is enough"),
    TLS_CERT("tls.cert", "", "PEM file with the certificate of the client port"),
    TLS_KEY("tls.key", "", "PEM file with its private key"),
    LIMITS_MESSAGE_BYTES("limits.message-bytes", "8MiB", "largest request or answer"),
    LIMITS_CALLS("limits.calls", "1024", "calls at work at once"),
    LIMITS_STREAMS("limits.streams", "256", "open Observe streams"),
    LIMITS_IN_FLIGHT_BYTES("limits.in-flight-bytes", "128MiB", "requests being worked on, in all"),
    LIMITS_STREAM_IN_FLIGHT_BYTES("limits.stream-in-flight-bytes", "4MiB", "the same for one stream"),
    LIMITS_RECEIVING_BYTES("limits.receiving-bytes", "128MiB", "requests that have not come whole, in all"),
    LIMITS_DEFAULT_DEADLINE("limits.default-deadline", "5s", "for calls that bring none"),
    LIMITS_MAX_DEADLINE("limits.max-deadline", "30s", "longer deadlines are cut to this");

    private final String text;
    private final String byDefault;
    private final String meaning;

    Key(String text, String byDefault, String meaning) {
        this.text = text;
        this.byDefault = byDefault;
        this.meaning = meaning;
    }

    static Optional<Key> of(String text) {
        return Arrays.stream(values()).filter(key -> key.text.equals(text)).findFirst();
    }

    String text() {
        return text;
    }

    String byDefault() {
        return byDefault;
    }

    String meaning() {
        return meaning;
    }

    String environmentName() {
        return "ENGRAM_" + text.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    boolean isSecret() {
        return this == TOKEN || this == CLUSTER_SECRET;
    }
}
