/// Exactly-once ingest of numbered observations.
///
/// Path: edge > **session** > log > shard
///
/// [Sessions] opens a session on all shards of its space; [Ingest] takes observations there; [Caretaker] lets idle ones end. The
/// rules themselves stand where commands are applied, in `shard`; nothing here decides anything.
@NullMarked
package io.engram.grid.memory.session;

import org.jspecify.annotations.NullMarked;
