package io.engram.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// How far one line of thought has seen: for each shard, the highest position it wrote or read. Reads at least at it see
/// one's own writes and never go back in time, on whatever node. For many threads.
///
/// The token carries it to another process: `c1` and then `.shard:index` for each shard.
public final class CausalSession {
    private static final String PREFIX = "c1";
    private static final Pattern SHAPE = Pattern.compile("c1(\\.[0-9]{1,9}:[0-9]{1,18})*");
    private final ConcurrentSkipListMap<Integer, Long> seen = new ConcurrentSkipListMap<>();

    private CausalSession() {}

    /// One that has seen nothing.
    public static CausalSession fresh() {
        return new CausalSession();
    }

    /// @param token from [#token()]
    public static CausalSession resume(String token) {
        if (!SHAPE.matcher(token).matches())
            throw new IllegalArgumentException("session token must match " + SHAPE + ", was '" + token + "'");
        CausalSession session = new CausalSession();
        for (String part : token.substring(PREFIX.length()).split("\\.", -1)) {
            if (part.isEmpty()) continue;
            int colon = part.indexOf(':');
            session.saw(new Position(Integer.parseInt(part.substring(0, colon)), Long.parseLong(part.substring(colon + 1))));
        }
        return session;
    }

    /// Reads of this session from now on see this position. The client calls it; call it for positions learned elsewhere.
    public void saw(Position position) {
        seen.merge(position.shard(), position.index(), Math::max);
    }

    void saw(Proof proof) {
        for (ShardProof shard : proof.shards()) saw(shard.applied());
    }

    /// At most one for each shard, in order of shard.
    public List<Position> positions() {
        return seen.entrySet().stream().map(CausalSession::position).toList();
    }

    public String token() {
        return PREFIX + positions().stream().map(p -> "." + p.shard() + ":" + p.index()).collect(Collectors.joining());
    }

    private static Position position(Map.Entry<Integer, Long> entry) {
        return new Position(entry.getKey(), entry.getValue());
    }

    @Override
    public String toString() {
        return token();
    }
}
