package io.engram.grid.simulation;

import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import java.util.ArrayList;
import java.util.List;

/// What the clients did and saw. Times are true time, which no node knows.
final class History {
    static final long NEVER = Long.MAX_VALUE;

    /// A write and what came of it.
    static final class Write {
        final int client;
        final String key;
        final String text;
        final boolean conditional;
        final long expected;
        final long invoked;
        /// When a node first knew that it had happened; NEVER: nobody was told.
        long acknowledged = NEVER;
        long returned = NEVER;
        Outcome outcome = Outcome.UNKNOWN;
        /// Recorded: the write's own; conflict: what stood there.
        long version;
        /// Asks once more what came of it.
        Runnable askAgain = () -> {};

        enum Outcome { UNKNOWN, RECORDED, CONFLICT, NOTHING }

        Write(int client, String key, String text, boolean conditional, long expected, long invoked) {
            this.client = client;
            this.key = key;
            this.text = text;
            this.conditional = conditional;
            this.expected = expected;
            this.invoked = invoked;
        }

        @Override
        public String toString() {
            return "client %d writes %s=%s%s [%.3f, %s] %s v%d".formatted(client, key, text, conditional ? " if v" + expected : "",
                    invoked / 1e6, returned == NEVER ? "-" : "%.3f".formatted(returned / 1e6), outcome, version);
        }
    }

    /// @param invoked when the client asked
    /// @param began when the read reached the gate of `node`
    /// @param version 0: nothing stands there
    record Read(
            int client, NodeId node, ShardId shard, String key, Consistency consistency, long invoked, long began, long returned,
            long version, String text, ShardProof proof) {
        @Override
        public String toString() {
            return "client %d reads %s at %s %s [%.3f, began %.3f, %.3f] v%d %s, %s".formatted(client, key, node, consistency,
                    invoked / 1e6, began / 1e6, returned / 1e6, version, text, proof);
        }
    }

    final List<Write> writes = new ArrayList<>();
    final List<Read> reads = new ArrayList<>();
    int refusedReads;
}
