package io.engram.jepsen.checker.availability;

import io.engram.jepsen.checker.Distribution;
import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.history.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one fault did to one function.
///
/// @param longest outage while the fault was in effect; null if nothing was tried then
/// @param toSuccess from the heal to the first success, in ns; null if there was no heal, or no success before the next fault
/// @param onHitNodes the same, for answers of the nodes that the fault had hit
/// @param nextFault when the next one began after this was healed
record FaultImpact(FaultWindow window, String function, Attempts.@Nullable Outage longest, @Nullable Long toSuccess,
        @Nullable Long onHitNodes, long nextFault) {
    static FaultImpact of(FaultWindow window, String function, Attempts attempts, List<FaultWindow> windows) {
        long healed = window.healDone();
        Attempts.Outage longest = attempts.longest(window.injectBegan(), healed);
        long next = windows.stream().mapToLong(FaultWindow::injectBegan).filter(t -> t >= healed).min().orElse(FaultWindow.NEVER);
        boolean mended = healed != FaultWindow.NEVER;
        Long success = mended ? attempts.firstSuccess(healed, next, Set.of()) : null;
        Long onHit = mended && !window.nodes().isEmpty() ? attempts.firstSuccess(healed, next, Set.copyOf(window.nodes())) : null;
        return new FaultImpact(window, function, longest, success, onHit, next);
    }

    Value figures() {
        Map<String, Value> row = new LinkedHashMap<>();
        row.put("fault", Value.of(window.fault()));
        row.put("id", Value.of(window.id()));
        row.put("function", Value.of(function));
        row.put("longestOutageMillis", longest == null ? Value.NIL : Distribution.millis(longest.nanos()));
        row.put("outageBeganMillis", longest == null ? Value.NIL : Distribution.millis(longest.from()));
        row.put("healToSuccessMillis", toSuccess == null ? Value.NIL : Distribution.millis(toSuccess));
        row.put("healToSuccessOnHitNodesMillis", onHitNodes == null ? Value.NIL : Distribution.millis(onHitNodes));
        return new Value.Fields(row);
    }
}
