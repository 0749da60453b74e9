/// What a node is told at its start: one record tree, read once, validated whole.
///
/// `Main` reads it; every part is given its own branch and never sees the tree.
@NullMarked
package io.engram.node.config;

import org.jspecify.annotations.NullMarked;
