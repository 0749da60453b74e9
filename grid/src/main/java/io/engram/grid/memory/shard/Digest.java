package io.engram.grid.memory.shard;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.memory.shard.ShardReading.Cataloged;
import java.nio.charset.StandardCharsets;
import org.pcollections.TreePMap;

/// Hash of a shard's logical state. Read off the tables themselves, in their order, so that it tells what is there, not how it
/// came there; where rows stand on this node is no part of it.
final class Digest {
    private final Hasher hasher = Hashing.murmur3_128().newHasher();

    private Digest() {}

    static long of(ShardId shard, Tables tables) {
        Digest digest = new Digest();
        digest.hasher.putInt(shard.value()).putLong(tables.position()).putLong(tables.logTimeMs());
        digest.hasher.putInt(tables.catalog().size());
        tables.catalog().values().forEach(digest::put);
        digest.hasher.putInt(tables.dropped().size());
        tables.dropped().forEach(id -> digest.hasher.putLong(id.value()));
        digest.hasher.putInt(tables.spaces().size());
        tables.spaces().values().forEach(digest::put);
        digest.hasher.putInt(tables.outcomes()).putLong(tables.outcomesDigest());
        return digest.hasher.hash().asLong();
    }

    private void put(Cataloged entry) {
        put(entry.space());
        hasher.putBoolean(entry.settled()).putBoolean(entry.dropping());
    }

    private void put(Space space) {
        put(WireFormat.of(space).toByteArray());
    }

    private void put(SpaceTable table) {
        put(table.space());
        hasher.putInt(table.keys().size());
        table.keys().rows().forEach((key, row) -> {
            put(key);
            hasher.putLong(row.version()).putInt(row.checksum());
        });
        putSessions(table.homed());
        putSessions(table.guests());
        hasher.putInt(table.closing().size());
        table.closing().forEach((session, incarnation) -> {
            put(session);
            hasher.putLong(incarnation);
        });
        hasher.putInt(table.closedThrough().size());
        table.closedThrough().forEach((home, incarnation) -> hasher.putInt(home.value()).putLong(incarnation));
    }

    private void putSessions(TreePMap<String, Session> sessions) {
        hasher.putInt(sessions.size());
        sessions.forEach((id, session) -> {
            put(id);
            hasher.putLong(session.incarnation())
                    .putLong(session.stream())
                    .putBoolean(session.settled())
                    .putLong(session.covered())
                    .putLong(session.activeAtMs())
                    .putInt(session.rejections().size());
            session.rejections().forEach(rejection -> put(rejection.toByteArray()));
        });
    }

    private void put(String text) {
        put(text.getBytes(StandardCharsets.UTF_8));
    }

    private void put(byte[] bytes) {
        hasher.putInt(bytes.length).putBytes(bytes);
    }
}
