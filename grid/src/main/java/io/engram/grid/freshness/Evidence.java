package io.engram.grid.freshness;

/// A replica that has applied `index` shows every write that was acknowledged before `asked`.
///
/// @param term of the leader that fenced the index
record Evidence(Moment asked, long index, long term, ShardProof.How how) {
    Evidence later(Evidence other) {
        return other.asked.nanos() - asked.nanos() >= 0 ? other : this;
    }
}
