/// Turns files into observations: text and Markdown cut into passages, one memory a line, or JSON Lines.
///
/// Used by `engram import` and by the demo; useful to any application that has files to remember. Single-threaded, streaming: a file is never held
/// whole if it is JSON Lines or read line by line.
@NullMarked
package io.engram.client.reading;

import org.jspecify.annotations.NullMarked;
