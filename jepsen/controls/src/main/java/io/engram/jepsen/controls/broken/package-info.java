/// What rewritten methods do instead of what they should. The code of these classes is copied into the methods by Byte Buddy,
/// so they call public classes only; what they need of a node's private parts, [Inside] reaches for.
@NullMarked
package io.engram.jepsen.controls.broken;

import org.jspecify.annotations.NullMarked;
