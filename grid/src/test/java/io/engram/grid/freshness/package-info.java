@NullMarked
package io.engram.grid.freshness;

import org.jspecify.annotations.NullMarked;
