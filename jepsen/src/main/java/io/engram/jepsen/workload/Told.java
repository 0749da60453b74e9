package io.engram.jepsen.workload;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.store.Store;
import io.engram.jepsen.store.StoreException;
import java.util.function.Function;
import java.util.function.Supplier;

/// Puts what a store says into the words of a history.
///
/// @param asked where nobody answered: who was asked
record Told(Evidence asked) {
    /// A write is what was invoked; a failure that does not prove that nothing was done is unknown.
    Completion write(Invocation invocation, Supplier<Evidence> write) {
        try {
            return Completion.ok(invocation.value(), write.get());
        } catch (StoreException.NotDone e) {
            return Completion.fail(invocation.value(), asked, e.reason());
        } catch (StoreException.Unknown e) {
            return Completion.info(invocation.value(), asked, e.reason());
        }
    }

    /// A read that was not answered changed nothing, whatever the reason.
    <T> Completion read(Invocation invocation, Supplier<Store.Seen<T>> read, Function<T, Value> value) {
        try {
            Store.Seen<T> seen = read.get();
            return Completion.ok(value.apply(seen.value()), seen.evidence());
        } catch (StoreException e) {
            return Completion.fail(invocation.value(), asked, e.reason());
        }
    }
}
