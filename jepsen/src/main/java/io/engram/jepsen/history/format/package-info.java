/// Histories as files: our JSON Lines, Jepsen's EDN, and the log lines of Jepsen's etcd test.
///
/// Outside text becomes a [io.engram.jepsen.history.History] here, once, and is checked here: each error names the line
/// and the rule. Readers and writers hold no state and are safe for use by many threads; a reader or writer passed in is not closed.
@NullMarked
package io.engram.jepsen.history.format;

import org.jspecify.annotations.NullMarked;
