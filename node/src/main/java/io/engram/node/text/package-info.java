/// Turns observations' and queries' texts into vectors, a hundred times slower than anything else on the path: so it has a queue of its own.
@NullMarked
package io.engram.node.text;

import org.jspecify.annotations.NullMarked;
