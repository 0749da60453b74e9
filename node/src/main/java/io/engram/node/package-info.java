/// One process of the cluster: reads its configuration, opens its part of the store, puts the edges in front of it.
@NullMarked
package io.engram.node;

import org.jspecify.annotations.NullMarked;
