package io.engram.node.config;

import io.engram.grid.log.NodeId;
import io.engram.node.config.NodeConfig.ClusterConfig;
import io.engram.node.config.NodeConfig.LimitsConfig;
import io.engram.node.config.NodeConfig.ListenConfig;
import io.engram.node.config.NodeConfig.LogConfig;
import io.engram.node.config.NodeConfig.MemberAddress;
import io.engram.node.config.NodeConfig.Ports;
import io.engram.node.config.NodeConfig.SecurityConfig;
import io.engram.node.config.NodeConfig.StoreConfig;
import io.engram.node.config.NodeConfig.TierConfig;
import io.engram.node.config.NodeConfig.Tls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a node's configuration from command line, environment and file, in this order of precedence.
public final class NodeConfigReader {
    private static final int DEFAULT_BASE_PORT = 7500;
    private static final int MAX_BASE_PORT = 65_535 - Ports.COUNT + 1;
    private static final Bytes MAX_MESSAGE = Bytes.mebibytes(64);
    private static final Bytes TERABYTE = Bytes.mebibytes(1 << 20);
    private static final Pattern MEMBER = Pattern.compile("([^=,]+)=(.+):(\\d{1,5})");
    private static final Pattern CLUSTER_NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    private final Settings settings;

    private NodeConfigReader(Settings settings) {
        this.settings = settings;
    }

    /// @param config the tree
    /// @param shown every setting as `key=value`, secrets masked
    public record Read(NodeConfig config, String shown) {}

    /// @param arguments `--key=value` each, and `--config FILE`
    /// @param environment `ENGRAM_KEY` for each key, dots and dashes as underscores
    /// @throws InvalidConfigException with all faults at once
    public static Read read(List<String> arguments, Map<String, String> environment) {
        Settings settings = Settings.merge(arguments, environment);
        NodeConfig config = new NodeConfigReader(settings).config();
        if (!settings.faults().isEmpty()) throw new InvalidConfigException(settings.faults());
        return new Read(config, settings.masked());
    }

    /// One line for each setting.
    public static String help() {
        StringBuilder help = new StringBuilder("Settings: --key=value or --key value, or the environment, or key=value in --config FILE\n\n");
        for (Key key : Key.values())
            help.append(String.format("  %-32s %-40s %s%s%n", key.text(), key.environmentName(), key.meaning(),
                    key.byDefault().isEmpty() ? "" : " [" + key.byDefault() + "]"));
        return help.toString();
    }

    private NodeConfig config() {
        ClusterConfig cluster = cluster();
        return new NodeConfig(cluster, listen(cluster), settings.read(Key.DATA, NodeConfigReader::folder),
                store(cluster.members().size()), security(), limits(), settings.flag(Key.STOP_AT_EOF));
    }

    private static Path folder(String text) {
        if (text.isEmpty()) throw new IllegalArgumentException("must name a folder");
        Path folder = Path.of(text).toAbsolutePath().normalize();
        if (Files.exists(folder) && !Files.isDirectory(folder))
            throw new IllegalArgumentException("must be a folder, " + folder + " is not");
        return folder;
    }

    private ClusterConfig cluster() {
        String name = settings.read(Key.CLUSTER, text -> {
            if (!CLUSTER_NAME.matcher(text).matches())
                throw new IllegalArgumentException("must match " + CLUSTER_NAME + ", was '" + text + "'");
            return text;
        });
        NodeId self = settings.read(Key.NODE, NodeId::new);
        List<MemberAddress> members = settings.read(Key.MEMBERS, NodeConfigReader::members);
        if (settings.flag(Key.DEV) && !members.isEmpty()) settings.fault(Key.MEMBERS, "must be empty with dev=true");
        if (members.isEmpty()) {
            int port = settings.isEmpty(Key.BASE_PORT) ? DEFAULT_BASE_PORT : basePort();
            return new ClusterConfig(name, self, List.of(new MemberAddress(self, "127.0.0.1", port)));
        }
        if (members.stream().anyMatch(m -> m.node().equals(self))) return new ClusterConfig(name, self, members);
        settings.fault(Key.NODE, "must be one of the members, was '" + self + "'");
        // Only so that reading can go on to the other faults.
        return new ClusterConfig(name, members.getFirst().node(), members);
    }

    private int basePort() {
        return settings.read(Key.BASE_PORT,
                text -> text.isEmpty() ? DEFAULT_BASE_PORT : (int) Settings.parseWhole(text, 1, MAX_BASE_PORT));
    }

    private static List<MemberAddress> members(String text) {
        List<MemberAddress> members = new ArrayList<>();
        Set<NodeId> names = new HashSet<>();
        if (text.isEmpty()) return members;
        for (String part : text.split(",", -1)) {
            Matcher matcher = MEMBER.matcher(part.strip());
            if (!matcher.matches())
                throw new IllegalArgumentException("must be id=host:basePort, separated by commas, was '" + part + "'");
            NodeId node = new NodeId(matcher.group(1));
            if (!names.add(node)) throw new IllegalArgumentException("must name each node once, '" + node + "' is there twice");
            members.add(new MemberAddress(
                    node, matcher.group(2), (int) Settings.parseWhole(matcher.group(3), 1, MAX_BASE_PORT)));
        }
        return members;
    }

    private ListenConfig listen(ClusterConfig cluster) {
        String host = settings.read(Key.LISTEN_HOST, text -> {
            if (text.isEmpty()) throw new IllegalArgumentException("must not be empty");
            if (settings.flag(Key.DEV) && !text.equals("localhost") && !text.equals("::1") && !text.startsWith("127."))
                throw new IllegalArgumentException("must be on loopback with dev=true, was '" + text + "'");
            return text;
        });
        int base = settings.isEmpty(Key.BASE_PORT) ? cluster.selfMember().basePort() : basePort();
        return new ListenConfig(host, new Ports(base));
    }

    private StoreConfig store(int members) {
        int byDefault = members < 3 ? 1 : 3;
        int replication = settings.read(Key.REPLICATION,
                text -> text.isEmpty() ? byDefault : (int) Settings.parseWhole(text, 1, 7));
        if (replication % 2 == 0) settings.fault(Key.REPLICATION, "must be odd, was " + replication);
        if (replication > members)
            settings.fault(Key.REPLICATION, "must be at most the number of members (" + members + "), was " + replication);
        return new StoreConfig(settings.whole(Key.SHARDS, 1, 64), replication, log(),
                new TierConfig(settings.flag(Key.HOT_ENABLED), settings.bytes(Key.HOT_MAX_BYTES, Bytes.mebibytes(1), TERABYTE)),
                settings.whole(Key.HOT_BACKUPS, 0, 2),
                new TierConfig(
                        settings.flag(Key.COLD_ENABLED), settings.bytes(Key.COLD_REGION_BYTES, Bytes.mebibytes(32), TERABYTE)),
                settings.whole(Key.COLD_BACKUPS, 0, 2));
    }

    private LogConfig log() {
        Duration min = settings.duration(Key.LOG_ELECTION_MIN, Duration.ofMillis(100), Duration.ofMinutes(1));
        Duration max = settings.duration(Key.LOG_ELECTION_MAX, Duration.ofMillis(150), Duration.ofMinutes(2));
        if (max.compareTo(min) <= 0)
            settings.fault(Key.LOG_ELECTION_MAX, "must be longer than log.election-min (" + min + "), was " + max);
        return new LogConfig(min, max, settings.whole(Key.LOG_SNAPSHOT_EVERY, 100L, 100_000_000L),
                // The log's appender takes 4 MiB at most.
                settings.bytes(Key.LOG_ENTRY_BYTES, Bytes.kibibytes(4), Bytes.mebibytes(3)),
                settings.whole(Key.LOG_ENTRIES_IN_FLIGHT, 1, 256),
                settings.bytes(Key.LOG_PENDING_BYTES, Bytes.mebibytes(1), TERABYTE));
    }

    private SecurityConfig security() {
        return new SecurityConfig(secret(Key.TOKEN), secret(Key.CLUSTER_SECRET), tls());
    }

    private Optional<Secret> secret(Key key) {
        return settings.read(key, text -> {
            if (!text.chars().allMatch(c -> c > 32 && c < 127))
                throw new IllegalArgumentException("must be printable ASCII without spaces");
            return text.isEmpty() ? Optional.empty() : Optional.of(new Secret(text));
        });
    }

    private Optional<Tls> tls() {
        if (settings.isEmpty(Key.TLS_CERT) != settings.isEmpty(Key.TLS_KEY)) {
            Key missing = settings.isEmpty(Key.TLS_CERT) ? Key.TLS_CERT : Key.TLS_KEY;
            settings.fault(missing, "must be set together with its other half");
        }
        Optional<Path> certificate = settings.read(Key.TLS_CERT, NodeConfigReader::file);
        Optional<Path> key = settings.read(Key.TLS_KEY, NodeConfigReader::file);
        return certificate.flatMap(c -> key.map(k -> new Tls(c, k)));
    }

    private static Optional<Path> file(String text) {
        if (text.isEmpty()) return Optional.empty();
        Path file = Path.of(text);
        if (!Files.isReadable(file)) throw new IllegalArgumentException("must be a readable file, '" + text + "' is not");
        return Optional.of(file);
    }

    private LimitsConfig limits() {
        Bytes message = settings.bytes(Key.LIMITS_MESSAGE_BYTES, Bytes.kibibytes(512), MAX_MESSAGE);
        Bytes inFlight = settings.bytes(Key.LIMITS_IN_FLIGHT_BYTES, Bytes.mebibytes(1), TERABYTE);
        Bytes streamInFlight = settings.bytes(Key.LIMITS_STREAM_IN_FLIGHT_BYTES, Bytes.kibibytes(512), TERABYTE);
        if (inFlight.count() < message.count())
            settings.fault(Key.LIMITS_IN_FLIGHT_BYTES, "must be at least limits.message-bytes (" + message + "), was " + inFlight);
        if (streamInFlight.count() > inFlight.count())
            settings.fault(Key.LIMITS_STREAM_IN_FLIGHT_BYTES,
                    "must be at most limits.in-flight-bytes (" + inFlight + "), was " + streamInFlight);
        Bytes receiving = settings.bytes(Key.LIMITS_RECEIVING_BYTES, Bytes.mebibytes(1), TERABYTE);
        if (receiving.count() < 2 * message.count())
            settings.fault(Key.LIMITS_RECEIVING_BYTES, "must be at least twice limits.message-bytes (" + message + "), was " + receiving);
        Duration max = settings.duration(Key.LIMITS_MAX_DEADLINE, Duration.ofMillis(100), Duration.ofMinutes(10));
        Duration byDefault = settings.duration(Key.LIMITS_DEFAULT_DEADLINE, Duration.ofMillis(10), Duration.ofMinutes(10));
        if (byDefault.compareTo(max) > 0)
            settings.fault(Key.LIMITS_DEFAULT_DEADLINE, "must be at most limits.max-deadline (" + max + "), was " + byDefault);
        return new LimitsConfig(message, settings.whole(Key.LIMITS_CALLS, 1, 100_000),
                settings.whole(Key.LIMITS_STREAMS, 1, 100_000), inFlight, streamInFlight, receiving, byDefault, max);
    }
}
