/// Measures Engram from the outside, as its users meet it, and from the inside, where it is its own peer.
@NullMarked
package io.engram.bench;

import org.jspecify.annotations.NullMarked;
