package io.engram.jepsen.report;

import io.engram.jepsen.history.FaultWindow;
import java.util.ArrayList;
import java.util.List;

/// What was the matter with a node, and when. Where faults overlap, each has a row of its own.
///
/// @param state one word or two: killed, cut, disk full
/// @param fault its place among the run's fault windows
/// @param row from 0, of `of` rows that the node needs
record NodeStates(String state, long from, long to, int fault, int row, int of) {
    static List<NodeStates> of(String node, List<FaultWindow> windows, long end) {
        List<NodeStates> states = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        for (int i = 0; i < windows.size(); i++) {
            FaultWindow window = windows.get(i);
            if (!window.applied() || !window.nodes().contains(node)) continue;
            long to = Math.min(end, window.healDone());
            int row = 0;
            while (row < ends.size() && ends.get(row) > window.injectBegan()) row++;
            if (row == ends.size()) ends.add(to);
            else ends.set(row, to);
            states.add(new NodeStates(word(window.fault()), window.injectBegan(), to, i, row, 0));
        }
        return states.stream().map(s -> new NodeStates(s.state, s.from, s.to, s.fault, s.row, ends.size())).toList();
    }

    /// The state that a kind of fault puts a node into. Kinds not named here go by their own name.
    static String word(String kind) {
        return switch (kind.replaceAll("[^a-z]", "")) {
            case "kill" -> "killed";
            case "pause" -> "paused";
            case "partition" -> "cut";
            case "starvation", "starve", "cpu" -> "starved";
            case "clock" -> "clock off";
            case "packets" -> "packets lost";
            case "diskfull" -> "disk full";
            case "slowdisk" -> "slow disk";
            case "lostwrites" -> "writes lost";
            case "damage" -> "damaged";
            case "memorypressure", "memory" -> "short of memory";
            case "rollingrestart" -> "restarting";
            case "replace" -> "replaced";
            default -> kind;
        };
    }
}
