package io.engram.jepsen.history;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One fault of a run, from the moment it began to bite until it was seen to be mended. All times in ns since the history began.
///
/// @param id of the planned fault
/// @param fault its kind, in small letters: partition, kill, pause, ...; `fault` if that was not said
/// @param nodes that it hit; empty if that was not said
/// @param injectBegan from here on something may be broken
/// @param injectDone from here on it was seen to be broken; [#NEVER] if the harness did not get that far
/// @param healBegan from here on it may be mended again; [#NEVER] if nobody tried
/// @param healDone from here on it was seen to be mended; [#NEVER] if it never was
/// @param seen how it showed, in a few words; empty if it did not
/// @param tool what it was done with, where there is a choice; empty otherwise
/// @param error why it could not be injected, or not be healed; null if all went well
public record FaultWindow(
        int id,
        String fault,
        List<String> nodes,
        long injectBegan,
        long injectDone,
        long healBegan,
        long healDone,
        String seen,
        String tool,
        @Nullable String error) {
    public static final long NEVER = Long.MAX_VALUE;

    public FaultWindow {
        nodes = List.copyOf(nodes);
        fault = fault.isEmpty() ? "fault" : fault.toLowerCase(Locale.ROOT);
    }

    /// Whether it was seen to bite. An injection that failed has been taken back, and disturbed the cluster at most.
    public boolean applied() {
        return injectDone != NEVER;
    }

    /// Whether anything of it may be in effect at this moment: between the two edges nobody knows, and so it counts.
    public boolean activeAt(long time) {
        return injectBegan <= time && time < healDone;
    }

    /// Every fault of the history in order of injection, from the events of the nemesis (see [Op]). Events of other functions are
    /// passed over, so that a history from elsewhere has none. A heal that names no fault mends all that are open.
    ///
    /// @throws IllegalArgumentException an injection or healing without a whole number `id`, or an id injected twice; with the index
    public static List<FaultWindow> in(History history) {
        return FaultLog.windows(history);
    }
}
