package io.engram.jepsen.checker.sequence;

import java.util.Map;
import java.util.TreeMap;

/// A set of whole numbers, kept as ranges that neither overlap nor touch: a stream of any length that was acknowledged in order is one range.
final class Ranges {
    private final TreeMap<Long, Long> lastByFirst = new TreeMap<>();

    /// @param first and last belong to the range
    void add(long first, long last) {
        if (first > last) throw new IllegalArgumentException("a range must not end before it begins, was " + first + ".." + last);
        long from = first;
        long to = last;
        Map.Entry<Long, Long> before = lastByFirst.floorEntry(first);
        if (before != null && before.getValue() >= first - 1) {
            from = before.getKey();
            to = Math.max(to, before.getValue());
        }
        Map.Entry<Long, Long> next = lastByFirst.higherEntry(from);
        while (next != null && next.getKey() - 1 <= to) {
            to = Math.max(to, next.getValue());
            lastByFirst.remove(next.getKey());
            next = lastByFirst.higherEntry(from);
        }
        lastByFirst.put(from, to);
    }

    boolean contains(long number) {
        Map.Entry<Long, Long> range = lastByFirst.floorEntry(number);
        return range != null && range.getValue() >= number;
    }

    /// Whether any number of first..last is in it.
    boolean meets(long first, long last) {
        Map.Entry<Long, Long> range = lastByFirst.floorEntry(last);
        return range != null && range.getValue() >= first;
    }

    long size() {
        return lastByFirst.entrySet().stream().mapToLong(e -> e.getValue() - e.getKey() + 1).sum();
    }

    /// Those of these numbers that the other set lacks.
    Ranges without(Ranges other) {
        Ranges rest = new Ranges();
        lastByFirst.forEach((first, last) -> {
            long from = first;
            Map.Entry<Long, Long> start = other.lastByFirst.floorEntry(first);
            if (start != null) from = Math.max(from, start.getValue() + 1);
            for (var hole : other.lastByFirst.subMap(first, false, last, true).entrySet()) {
                if (hole.getKey() > from) rest.add(from, hole.getKey() - 1);
                from = Math.max(from, hole.getValue() + 1);
            }
            if (from <= last) rest.add(from, last);
        });
        return rest;
    }

    boolean isEmpty() {
        return lastByFirst.isEmpty();
    }

    /// 0 if empty.
    long last() {
        return lastByFirst.isEmpty() ? 0 : lastByFirst.lastEntry().getValue();
    }

    /// The first few ranges.
    @Override
    public String toString() {
        StringBuilder shown = new StringBuilder();
        int left = 5;
        for (var range : lastByFirst.entrySet()) {
            if (!shown.isEmpty()) shown.append(", ");
            if (left-- == 0) return shown.append("...").toString();
            shown.append(range.getKey());
            if (!range.getKey().equals(range.getValue())) shown.append("..").append(range.getValue());
        }
        return shown.toString();
    }
}
