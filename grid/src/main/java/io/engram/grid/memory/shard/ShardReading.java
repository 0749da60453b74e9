package io.engram.grid.memory.shard;

import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.memory.segment.SegmentStore.RowId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One shard's state at one position. Never changes, however long it is held; holding it keeps memory and disk from being
/// reused, so close it. Safe for use by many threads.
public interface ShardReading extends AutoCloseable {
    long position();

    /// Log time at this position: what `not_after_ms` of a command is compared with.
    Duration logTime();

    /// The space as this shard has installed it; empty if it has not, or has dropped it.
    Optional<Space> space(SpaceId space);

    /// All spaces that this shard has installed.
    Stream<Space> spaces();

    Optional<Located> find(SpaceId space, MemoryKey key);

    /// Live memories by key, ascending, from `from` (inclusive; empty: the first) on, whose keys start with `prefix`. Lazy.
    Stream<Located> scan(SpaceId space, Optional<MemoryKey> from, String prefix);

    /// Where a live memory stands.
    ///
    /// @param checksum CRC-32C of its record
    record Located(MemoryKey key, long version, RowId row, int checksum) {}

    /// Live memories of a space on this shard.
    long memories(SpaceId space);

    /// Exactly the rows that are live at this position. Closed with this reading.
    SegmentStore.View rows();

    /// Shard 0 only: the space that has the name, settled or not.
    Optional<Cataloged> cataloged(SpaceName name);

    Optional<Cataloged> cataloged(SpaceId space);

    /// Shard 0 only: by name, ascending, strictly after `after`; those users may see.
    Stream<Space> catalog(Optional<SpaceName> after);

    /// Shard 0 only: spaces whose current revision is not known to be in force on all of their shards.
    List<Cataloged> unsettled();

    /// @param settled all shards of the space have taken this revision
    /// @param dropping being deleted; the name stays taken until that is settled
    record Cataloged(Space space, boolean settled, boolean dropping) {
        /// Users may see it: it has been created, and is not being deleted.
        public boolean visible() {
            return !dropping && (settled || space.revision() > 1);
        }
    }

    Optional<SessionReading> session(SpaceId space, SessionId session);

    /// Sessions that this shard knows in the space: as their home, or because home told it.
    int sessions(SpaceId space);

    /// @param settled known only at home
    record SessionReading(long incarnation, long stream, long coveredThrough, boolean settled, int rejections) {}

    /// Sessions that this shard, their home, has expired and that other shards may still know.
    List<Closing> closing();

    record Closing(Space space, SessionId session, long incarnation) {}

    /// Whether something here is forgotten by the passing of log time alone: sessions, outcomes of writes.
    boolean perishable();

    /// Hash of the logical state: log time, spaces, keys with versions and record checksums, sessions, kept outcomes.
    /// Equal on all replicas at equal positions, whichever way they came there. Takes time in proportion to the keys.
    long digest();

    @Override
    void close();
}
