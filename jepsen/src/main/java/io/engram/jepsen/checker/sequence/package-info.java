/// Did a numbered stream arrive as it was sent: all that was acknowledged, once, in order?
///
/// Path: generator > workload client > history > **checker** > report
///
/// The properties are those of total-order and FIFO broadcast, and of exactly-once delivery, as Jepsen's Kafka workload judges them
/// (github.com/jepsen-io/jepsen, jepsen.tests.kafka): lost writes, duplicates, and offsets that do not follow the order of sending.
@NullMarked
package io.engram.jepsen.checker.sequence;

import org.jspecify.annotations.NullMarked;
