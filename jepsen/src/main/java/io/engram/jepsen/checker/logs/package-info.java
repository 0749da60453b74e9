/// Did a node say what it should never have to say?
///
/// Path: node logs > **checker** > report
///
/// After the `log-file-pattern` checker of Jepsen.
@NullMarked
package io.engram.jepsen.checker.logs;

import org.jspecify.annotations.NullMarked;
