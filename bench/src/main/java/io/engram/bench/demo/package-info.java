/// `./engram demo`: three nodes on this machine, real text, questions by meaning, one node killed on the way.
///
/// A story told in order by [Demo]; each chapter is a class of its own and returns what it measured.
@NullMarked
package io.engram.bench.demo;

import org.jspecify.annotations.NullMarked;
