package io.engram.grid.memory.shard;

import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.segment.SegmentStore.RowId;
import io.engram.grid.memory.shard.ShardReading.Located;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// The live memories of one space on one shard, by key. Immutable: a change makes a new table that shares all but a path of about
/// log2(n) nodes with the old one, so that a reader keeps its position for as long as it likes, without any lock.
///
/// Keys stand as UTF-8, whose order as unsigned bytes is the order of [MemoryKey], in half the memory.
record KeyTable(TreePMap<byte[], Row> rows) {
    static final KeyTable EMPTY = new KeyTable(TreePMap.empty(Arrays::compareUnsigned));

    /// @param segment and `row` are this node's [RowId]
    record Row(long version, int segment, int row, int checksum) {
        static Row of(long version, RowId id, int checksum) {
            return new Row(version, id.segment(), id.row(), checksum);
        }

        RowId id() {
            return new RowId(segment, row);
        }
    }

    static KeyTable of(SortedMap<byte[], Row> sorted) {
        return new KeyTable(TreePMap.fromSortedMap(sorted));
    }

    static byte[] bytes(MemoryKey key) {
        return key.value().getBytes(StandardCharsets.UTF_8);
    }

    int size() {
        return rows.size();
    }

    @Nullable Row find(MemoryKey key) {
        return rows.get(bytes(key));
    }

    KeyTable with(MemoryKey key, Row row) {
        return new KeyTable(rows.plus(bytes(key), row));
    }

    KeyTable without(MemoryKey key) {
        return new KeyTable(rows.minus(bytes(key)));
    }

    Stream<Located> scan(Optional<MemoryKey> from, String prefix) {
        byte[] start = prefix.getBytes(StandardCharsets.UTF_8);
        byte[] first = from.map(KeyTable::bytes).filter(key -> Arrays.compareUnsigned(key, start) > 0).orElse(start);
        TreePMap<byte[], Row> tail = first.length == 0 ? rows : rows.tailMap(first, true);
        return tail.entrySet().stream().takeWhile(entry -> startsWith(entry.getKey(), start)).map(KeyTable::located);
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static Located located(Map.Entry<byte[], Row> entry) {
        Row row = entry.getValue();
        return located(new MemoryKey(new String(entry.getKey(), StandardCharsets.UTF_8)), row);
    }

    static Located located(MemoryKey key, Row row) {
        return new Located(key, row.version(), row.id(), row.checksum());
    }
}
