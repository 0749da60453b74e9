/// Turns text into vectors with a model that ships inside a Maven artifact, so that it works without a network.
///
/// Found by the node through [java.util.ServiceLoader]; without this module on the class path a node takes vectors only.
@NullMarked
package io.engram.embedding;

import org.jspecify.annotations.NullMarked;
