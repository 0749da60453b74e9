/// What operators and their tools ask a node for, over HTTP: whether it lives, whether it is ready, its figures.
@NullMarked
package io.engram.node.edge.http;

import org.jspecify.annotations.NullMarked;
