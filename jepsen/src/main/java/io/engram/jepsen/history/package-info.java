/// What clients and the nemesis did, as it happened: the evidence that checkers judge.
///
/// Path: generator > workload client > **history** > checker > report
///
/// Immutable once read; the recorder that writes one is safe for use by many threads. Knows nothing of Engram: a history
/// may come from anywhere.
@NullMarked
package io.engram.jepsen.history;

import org.jspecify.annotations.NullMarked;
