package io.engram.grid.memory.segment;

import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.log.DamagedFileException;
import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.CodePointOrder;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.wire.Record;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The simplest store that keeps the contract: records on the heap, everything compared with everything. Fails on demand.
public final class MemorySegmentStore implements SegmentStore {
    private static final AtomicLong FILES = new AtomicLong();

    private record State(long position, long sequence, Map<RowId, Row> rows) {}

    private static final class Row {
        final Space space;
        final Recorded record;
        final long born;
        volatile long died = Long.MAX_VALUE;

        Row(Space space, Recorded record, long born) {
            this.space = space;
            this.record = record;
            this.born = born;
        }

        boolean visible(long sequence) {
            return born <= sequence && died > sequence;
        }
    }

    private final AtomicInteger openViews = new AtomicInteger();
    private final Map<RowId, Row> former = newRows();
    private volatile State state = new State(0, 0, newRows());
    private int segment;
    private int nextRow;
    private int appendsUntilFailure = Integer.MAX_VALUE;
    private boolean failPublish;

    private static Map<RowId, Row> newRows() {
        return new ConcurrentSkipListMap<>(Comparator.comparingInt(RowId::segment).thenComparingInt(RowId::row));
    }

    /// The append after `appends` more fails, as on a full disk.
    public void failAfter(int appends) {
        appendsUntilFailure = appends;
    }

    public void failNextPublish() {
        failPublish = true;
    }

    public int openViews() {
        return openViews.get();
    }

    @Override
    public RowId append(Space space, Observation observation, long version) throws IOException {
        if (version <= state.position)
            throw new IllegalArgumentException("version must be above position " + state.position + ", was " + version);
        if (appendsUntilFailure-- == 0) throw new IOException("no space left on device");
        RowId id = new RowId(segment, nextRow++);
        byte[] bytes = Record.newBuilder()
                .setSpace(space.id().value())
                .setVersion(version)
                .setObservation(WireFormat.of(observation))
                .build()
                .toByteArray();
        state.rows.put(id, new Row(space, parse(bytes), state.sequence + 1));
        return id;
    }

    @Override
    public void kill(Space space, RowId row, long index) {
        if (row(row).died != Long.MAX_VALUE) throw new IllegalStateException(row + " is dead already");
        row(row).died = state.sequence + 1;
    }

    @Override
    public void drop(SpaceId space) {
        for (Row row : state.rows.values())
            if (row.space.id().equals(space)) row.died = Math.min(row.died, state.sequence + 1);
    }

    @Override
    public void publish(long index) throws IOException {
        if (failPublish) {
            failPublish = false;
            throw new IOException("no space left on device");
        }
        if (index < state.position) throw new IllegalArgumentException("position goes back from " + state.position + " to " + index);
        state = new State(index, state.sequence + 1, state.rows);
    }

    @Override
    public View view() {
        openViews.incrementAndGet();
        return new RowsView(state);
    }

    @Override
    public Recorded read(RowId row) {
        return row(row).record;
    }

    @Override
    public int checksum(RowId row) {
        return row(row).record.checksum();
    }

    private Row row(RowId id) {
        Row row = state.rows.get(id);
        if (row == null) row = former.get(id);
        if (row == null) throw new IllegalArgumentException("no row " + id);
        return row;
    }

    @Override
    public Recorded parse(byte[] bytes) {
        try {
            Record record = Record.parseFrom(bytes);
            return new Recorded(
                    WireFormat.from(record.getObservation()), record.getVersion(), new SpaceId(record.getSpace()), bytes, crc(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not a record", e);
        }
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    @Override
    public List<Path> seal(Path folder) throws IOException {
        Path file = folder.resolve("rows-" + FILES.incrementAndGet() + ".rows");
        try (var out = Files.newOutputStream(file)) {
            for (Row row : state.rows.values()) {
                byte[] bytes = row.record.bytes();
                out.write(ByteBuffer.allocate(8).putInt(bytes.length).putInt(row.record.checksum()).array());
                out.write(bytes);
            }
        }
        return List.of(file);
    }

    @Override
    public void restore(List<Path> files, long index, LiveRows live) throws IOException {
        Map<RowId, Row> rows = newRows();
        int fresh = segment + 1;
        int count = 0;
        for (Path file : files) {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
            while (bytes.hasRemaining()) {
                byte[] record = new byte[bytes.getInt()];
                int checksum = bytes.getInt();
                bytes.get(record);
                Recorded parsed = parse(record);
                if (parsed.checksum() != checksum) throw new DamagedFileException(file, "record checksum does not match");
                RowId id = new RowId(fresh, count++);
                @Nullable Space space =
                        live.accept(id, parsed.space(), parsed.observation().key().value(), parsed.version());
                if (space != null) rows.put(id, new Row(space, parsed, 0));
            }
        }
        // Views from before go on showing them; nothing here is ever short of memory.
        former.putAll(state.rows);
        segment = fresh;
        nextRow = count;
        appendsUntilFailure = Integer.MAX_VALUE;
        failPublish = false;
        state = new State(index, 0, rows);
    }

    @Override
    public Figures figures() {
        State now = state;
        long live = now.rows.values().stream().filter(row -> row.visible(now.sequence)).count();
        return new Figures(0, 0, live, now.rows.size() - live, 0);
    }

    @Override
    public void close() {}

    private final class RowsView implements View {
        private final State seen;
        private boolean closed;

        RowsView(State seen) {
            this.seen = seen;
        }

        @Override
        public long position() {
            return seen.position;
        }

        @Override
        public boolean shows(RowId id) {
            if (closed) throw new IllegalStateException("the view is closed");
            Row row = seen.rows.get(id);
            return row != null && row.visible(seen.sequence);
        }

        @Override
        public boolean matches(RowId id, Filter filter) {
            Row row = seen.rows.get(id);
            return row != null && MemorySegmentStore.matches(row.record.observation(), filter);
        }

        @Override
        public Found search(Space space, Embedding query, int k, Optional<Filter> filter, OptionalDouble minScore, Runnable look) {
            if (query.dimension() != space.dimension() || k < 1)
                throw new IllegalArgumentException("dimension " + query.dimension() + " of " + space.dimension() + ", k " + k);
            List<Hit> hits = new ArrayList<>();
            seen.rows.forEach((id, row) -> {
                look.run();
                if (!row.visible(seen.sequence) || !row.space.id().equals(space.id())) return;
                if (filter.isPresent() && !matches(id, filter.get())) return;
                Observation observation = row.record.observation();
                if (observation.vector().isEmpty()) return;
                double score = score(space.similarity(), query, observation.vector().get());
                hits.add(new Hit(id, observation.key().value(), row.record.version(), score));
            });
            long considered = hits.size();
            return new Found(
                    hits.stream()
                            .filter(hit -> minScore.isEmpty() || hit.score() >= minScore.getAsDouble())
                            .sorted(Comparator.comparingDouble(Hit::score).reversed().thenComparing(Hit::key, CodePointOrder.INSTANCE))
                            .limit(k)
                            .toList(),
                    considered);
        }

        @Override
        public void close() {
            if (closed) throw new IllegalStateException("closed twice");
            closed = true;
            openViews.decrementAndGet();
        }
    }

    private static double score(Similarity similarity, Embedding a, Embedding b) {
        double dot = 0;
        double distance = 0;
        double na = 0;
        double nb = 0;
        for (int i = 0; i < a.dimension(); i++) {
            double x = a.at(i);
            double y = b.at(i);
            dot += x * y;
            distance += (x - y) * (x - y);
            na += x * x;
            nb += y * y;
        }
        return switch (similarity) {
            case COSINE -> na == 0 || nb == 0 ? 0 : dot / (Math.sqrt(na) * Math.sqrt(nb));
            case DOT_PRODUCT -> dot;
            case EUCLIDEAN -> 1 / (1 + distance);
        };
    }

    private static boolean matches(Observation observation, Filter filter) {
        return switch (filter) {
            case Filter.Equal(String name, AttributeValue value) -> {
                AttributeValue actual = observation.attributes().get(name);
                yield actual != null && compare(actual, value).orElse(1) == 0;
            }
            case Filter.In(String name, List<AttributeValue> values) ->
                values.stream().anyMatch(value -> matches(observation, new Filter.Equal(name, value)));
            case Filter.Range range -> inRange(observation.attributes().get(range.attribute()), range);
            case Filter.And(List<Filter> all) -> all.stream().allMatch(one -> matches(observation, one));
            case Filter.Or(List<Filter> any) -> any.stream().anyMatch(one -> matches(observation, one));
            case Filter.Not(Filter not) -> !matches(observation, not);
            case Filter.Exists(String name) -> observation.attributes().containsKey(name);
        };
    }

    private static boolean inRange(@Nullable AttributeValue value, Filter.Range range) {
        if (value == null) return false;
        if (range.low().isPresent()) {
            Filter.Range.End low = range.low().get();
            int order = compare(value, low.value()).orElse(-1);
            if (order < 0 || (order == 0 && !low.inclusive())) return false;
        }
        if (range.high().isPresent()) {
            Filter.Range.End high = range.high().get();
            int order = compare(value, high.value()).orElse(1);
            if (order > 0 || (order == 0 && !high.inclusive())) return false;
        }
        return true;
    }

    private static Optional<Integer> compare(AttributeValue a, AttributeValue b) {
        if (a instanceof AttributeValue.Text(String x) && b instanceof AttributeValue.Text(String y))
            return Optional.of(CodePointOrder.INSTANCE.compare(x, y));
        if (a instanceof AttributeValue.Flag(boolean x) && b instanceof AttributeValue.Flag(boolean y))
            return Optional.of(Boolean.compare(x, y));
        if (a instanceof AttributeValue.Whole(long x) && b instanceof AttributeValue.Whole(long y))
            return Optional.of(Long.compare(x, y));
        Optional<BigDecimal> x = number(a);
        Optional<BigDecimal> y = number(b);
        return x.isPresent() && y.isPresent() ? Optional.of(x.get().compareTo(y.get())) : Optional.empty();
    }

    private static Optional<BigDecimal> number(AttributeValue value) {
        return switch (value) {
            case AttributeValue.Whole(long whole) -> Optional.of(BigDecimal.valueOf(whole));
            case AttributeValue.Real(double real) -> Optional.of(new BigDecimal(real));
            case AttributeValue.Text text -> Optional.empty();
            case AttributeValue.Flag flag -> Optional.empty();
        };
    }
}
