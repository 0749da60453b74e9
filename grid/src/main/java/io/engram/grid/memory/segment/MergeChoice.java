package io.engram.grid.memory.segment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Which sealed files are worth rewriting now.
///
/// A file less than half alive is rewritten: the disk holds at most about twice what is live. Files of like size are merged
/// once there are [#FAN_IN] of them, each row thus being copied once per factor of four: snapshots leave few files.
final class MergeChoice {
    static final int FAN_IN = 4;
    /// Below this all sizes are alike.
    private static final long SMALLEST = 256 << 10;
    /// Files of this size are large enough.
    private static final long LARGEST = RecordFileWriter.MAX_BYTES / 2;

    private MergeChoice() {}

    /// @param budgetBytes of live records to copy at most; files without any cost nothing
    static Set<RecordFile> choose(List<RecordFile> sealed, long budgetBytes) {
        List<RecordFile> sorted = new ArrayList<>(sealed);
        sorted.sort(Comparator.comparingLong(RecordFile::liveBytes));
        Set<RecordFile> chosen = new LinkedHashSet<>();
        for (RecordFile file : sorted)
            if (file.deadBytes() > file.liveBytes()) budgetBytes = take(file, chosen, budgetBytes);
        for (long size = SMALLEST; size <= LARGEST; size *= FAN_IN) {
            long low = size == SMALLEST ? 0 : size / FAN_IN;
            long high = size;
            List<RecordFile> alike = sorted.stream()
                    .filter(f -> !chosen.contains(f) && f.liveBytes() >= low && f.liveBytes() < high)
                    .toList();
            if (alike.size() < FAN_IN) continue;
            for (RecordFile file : alike) budgetBytes = take(file, chosen, budgetBytes);
        }
        return chosen;
    }

    private static long take(RecordFile file, Set<RecordFile> chosen, long budgetBytes) {
        if (file.liveBytes() > budgetBytes) return budgetBytes;
        chosen.add(file);
        return budgetBytes - file.liveBytes();
    }
}
