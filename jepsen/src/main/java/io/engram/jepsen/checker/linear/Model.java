package io.engram.jepsen.checker.linear;

import io.engram.jepsen.history.Operation;
import org.jspecify.annotations.Nullable;

/// An object that does one thing at a time: what every operation does to it, and what its answer says about it.
///
/// States and acts are immutable and compared by equality. Holds no state; safe for use by many threads.
///
/// @param <S> what the object can be
/// @param <A> what can be done to it, with the answer as far as it is known
public interface Model<S, A> {
    String name();

    /// As a sentence calls the object: "the register".
    String noun();

    S initial();

    /// What an operation did, or would have done if it happened (INFO).
    ///
    /// @return null if it neither changes anything nor says anything
    /// @throws ModelMismatchException the model knows no such operation
    @Nullable A act(Operation operation);

    /// @return null if the act cannot happen in that state
    @Nullable S next(S state, A act);

    /// Whether the act changes no state in which it can happen. A write is not pure even where it writes what is there: it
    /// may be needed again later.
    boolean pure(A act);

    /// Whether `seer` could be possible only because of what `act` changed: in an order without the act, the seer might be
    /// impossible, or leave something else to those after it. May say yes where it is unsure; is not asked for pure acts.
    boolean sees(A seer, A act);

    /// Whether the act leaves the same state whatever was before it.
    boolean erases(A act);

    /// Whether acts that are done again and again lead back to states that were there before, as writes of a register do and
    /// appends to a text do not: only then may crashed ones be let repeat.
    boolean recurs();

    /// As a sentence shows it: "4".
    String show(S state);

    /// As a sentence tells it: "this read returned 3".
    String tell(A act);
}
