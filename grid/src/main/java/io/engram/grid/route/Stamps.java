package io.engram.grid.route;

import com.google.common.primitives.Bytes;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLogs;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.memory.shard.ShardReads;
import io.engram.grid.wire.Command;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;

/// Gives unary writes the log time after which they must not be applied any more: one that was stuck somewhere must not come
/// alive after its idempotency key has been forgotten.
///
/// Half the window from what this node's replica has applied: log time never runs fast, and a replica that is behind only gives an
/// earlier end. Where no replica runs, the leader stamps what arrives without.
final class Stamps {
    /// Log entries; a healthy replica is a handful behind.
    private static final long BEHIND = 1_000;

    private final ShardLogs logs;
    private final Map<ShardId, ShardReads> replicas;
    private final Duration life;

    /// @param window for which outcomes are kept
    Stamps(ShardLogs logs, Map<ShardId, ShardReads> replicas, Duration window) {
        this.logs = logs;
        this.replicas = Map.copyOf(replicas);
        this.life = window.dividedBy(2);
    }

    Command stamp(ShardId shard, Command command) {
        if (command.getIdempotencyKey().isEmpty() || command.getNotAfterMs() != 0) return command;
        OptionalLong notAfter = notAfter(shard);
        return notAfter.isEmpty() ? command : command.toBuilder().setNotAfterMs(notAfter.getAsLong()).build();
    }

    /// As above, for a serialized command; does not look into what it writes.
    ///
    /// @return the array itself if there is nothing to add
    byte[] stamp(ShardId shard, byte[] command) {
        if (!lacksStamp(command)) return command;
        OptionalLong notAfter = notAfter(shard);
        if (notAfter.isEmpty()) return command;
        // Messages that follow one another in one stream of bytes are one message.
        byte[] stamp = Command.newBuilder().setNotAfterMs(notAfter.getAsLong()).build().toByteArray();
        return Bytes.concat(command, stamp);
    }

    private static boolean lacksStamp(byte[] command) {
        boolean keyed = false;
        try {
            CodedInputStream in = CodedInputStream.newInstance(command);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                int field = WireFormat.getTagFieldNumber(tag);
                if (field == Command.NOT_AFTER_MS_FIELD_NUMBER) return false;
                keyed |= field == Command.IDEMPOTENCY_KEY_FIELD_NUMBER;
                in.skipField(tag);
            }
        } catch (IOException e) {
            // The shard refuses what it cannot read.
            return false;
        }
        return keyed;
    }

    private OptionalLong notAfter(ShardId shard) {
        ShardReads replica = replicas.get(shard);
        if (replica == null) return OptionalLong.empty();
        ReplicaView view = logs.log(shard).view();
        // One that is still replaying its log stands in an old log time: what it stamped would come too late. The leader stamps then.
        if (!view.running() || view.committed() - view.applied() > BEHIND) return OptionalLong.empty();
        try (ShardReading reading = replica.read()) {
            return OptionalLong.of(reading.logTime().plus(life).toMillis());
        }
    }
}
