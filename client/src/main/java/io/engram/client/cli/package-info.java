/// The command line: `engram status | space | put | get | forget | list | observe | import | recall`.
///
/// A thin layer over the Java client: each command is a class, [Connection] says how to reach the cluster, [Output] how to show an answer, [ExitCode]
/// what the shell learns. Runs on one thread.
@NullMarked
package io.engram.client.cli;

import org.jspecify.annotations.NullMarked;
