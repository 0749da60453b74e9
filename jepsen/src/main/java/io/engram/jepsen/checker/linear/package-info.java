/// Is there an order of the operations, each between its invocation and its completion, that a single object could have gone
/// through? After Wing and Gong (1993) and Lowe (2017), one object (key) at a time.
///
/// Path: history > split by key > [Problem] > [Search] > verdict > [Counterexample]
///
/// A [Model] says what the object is; operations and states become small numbers before the search begins. One thread
/// searches one key. Nothing here is kept from one check to the next.
@NullMarked
package io.engram.jepsen.checker.linear;

import org.jspecify.annotations.NullMarked;
