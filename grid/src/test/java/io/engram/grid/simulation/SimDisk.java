package io.engram.grid.simulation;

import io.engram.grid.log.Entry;
import io.engram.grid.log.NodeId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one replica keeps through a crash. Log indexes count from 0.
final class SimDisk {
    /// @param entry null: a new leader's own, empty entry
    record Item(long term, @Nullable Entry entry) {}

    /// @param last index of the last item that it holds
    record Snapshot(long last, long lastTerm, Path folder, List<Path> files) {}

    final Path folder;
    long term;
    @Nullable NodeId vote;
    long first;
    final List<Item> items = new ArrayList<>();
    @Nullable Snapshot snapshot;
    int snapshots;

    SimDisk(Path folder) {
        this.folder = folder;
    }

    long last() {
        return first + items.size() - 1;
    }

    boolean holds(long index) {
        return index >= first && index <= last();
    }

    Item item(long index) {
        return items.get((int) (index - first));
    }

    /// Term of the item at `index`; -1 if that is not known here any more, 0 before the first.
    long termAt(long index) {
        if (index < 0) return 0;
        if (holds(index)) return item(index).term();
        Snapshot kept = snapshot;
        return kept != null && kept.last() == index ? kept.lastTerm() : -1;
    }

    void cutFrom(long index) {
        items.subList((int) (index - first), items.size()).clear();
    }

    void keepFrom(long index) {
        if (index <= first) return;
        items.subList(0, (int) Math.min(index - first, items.size())).clear();
        first = index;
    }

    /// What a disk would hold if votes were answered before they are persisted.
    void forgetVote() {
        vote = null;
        term = items.isEmpty() ? (snapshot == null ? 0 : snapshot.lastTerm()) : items.getLast().term();
    }
}
