/// `./engram jepsen ...`: one class for each command; [io.engram.jepsen.cli.Main] lists them.
///
/// Arguments are checked here, before anything is started or broken.
@NullMarked
package io.engram.jepsen.cli;

import org.jspecify.annotations.NullMarked;
