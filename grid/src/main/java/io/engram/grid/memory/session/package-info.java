/// Exactly-once ingest of numbered observations.
@NullMarked
package io.engram.grid.memory.session;

import org.jspecify.annotations.NullMarked;
