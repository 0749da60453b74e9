package io.engram.grid.route;

import com.google.protobuf.UnsafeByteOperations;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.Memory;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.View;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.memory.shard.ShardReading.Located;
import io.engram.grid.wire.ListMemories;
import io.engram.grid.wire.ListSpaces;
import io.engram.grid.wire.MemoriesFound;
import io.engram.grid.wire.MemoriesListed;
import io.engram.grid.wire.MemoriesRead;
import io.engram.grid.wire.ReadMemories;
import io.engram.grid.wire.ReadSpace;
import io.engram.grid.wire.SearchMemories;
import io.engram.grid.wire.ShardRead;
import io.engram.grid.wire.ShardReadAnswer;
import io.engram.grid.wire.SpacesRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// What can be asked of one shard: how it is answered from a replica here, and how it travels to a replica elsewhere.
///
/// @param <T> the answer
sealed interface ShardQuestion<T> {
    T of(OpenShard shard);

    void write(ShardRead.Builder question);

    void write(T answer, ShardReadAnswer.Builder wire);

    /// @throws IllegalArgumentException if it is no answer to this question
    T read(ShardReadAnswer wire, ShardId shard);

    /// Takes the cores for a while.
    default boolean heavy() {
        return false;
    }

    /// Memories by key; the answer leaves out what does not exist.
    record Get(SpaceId space, List<MemoryKey> keys, View view) implements ShardQuestion<List<Memory>> {
        @Override
        public List<Memory> of(OpenShard shard) {
            return shard.get(space, keys, view);
        }

        @Override
        public void write(ShardRead.Builder question) {
            var wire = ReadMemories.newBuilder().setSpace(space.value()).setView(QueryFormat.of(view));
            for (MemoryKey key : keys) wire.addKeys(key.value());
            question.setMemories(wire);
        }

        @Override
        public void write(List<Memory> answer, ShardReadAnswer.Builder wire) {
            var read = MemoriesRead.newBuilder();
            for (Memory memory : answer) read.addMemories(QueryFormat.of(memory));
            wire.setMemories(read);
        }

        @Override
        public List<Memory> read(ShardReadAnswer wire, ShardId shard) {
            return wire.getMemories().getMemoriesList().stream().map(m -> QueryFormat.from(m, shard)).toList();
        }
    }

    /// At most `limit` memories, by key.
    record ListFrom(SpaceId space, String prefix, Optional<Filter> filter, Optional<MemoryKey> from, int limit, View view)
            implements ShardQuestion<List<Candidate>> {
        @Override
        public List<Candidate> of(OpenShard shard) {
            return shard.list(space, prefix, filter, from, limit).stream().map(row -> Candidate.here(row, 0, shard)).toList();
        }

        @Override
        public void write(ShardRead.Builder question) {
            var wire = ListMemories.newBuilder()
                    .setSpace(space.value())
                    .setPrefix(prefix)
                    .setLimit(limit)
                    .setView(QueryFormat.of(view));
            filter.ifPresent(f -> wire.setFilter(QueryFormat.of(f)));
            from.ifPresent(key -> wire.setFrom(key.value()));
            question.setList(wire);
        }

        @Override
        public void write(List<Candidate> answer, ShardReadAnswer.Builder wire) {
            var listed = MemoriesListed.newBuilder();
            for (Memory memory : Candidate.load(answer, space, view).orElseThrow()) listed.addMemories(QueryFormat.of(memory));
            wire.setList(listed);
        }

        @Override
        public List<Candidate> read(ShardReadAnswer wire, ShardId shard) {
            return wire.getList().getMemoriesList().stream().map(m -> Candidate.loaded(QueryFormat.from(m, shard), 0)).toList();
        }
    }

    /// The `k` best of this shard, best first.
    record Search(SpaceId space, Embedding vector, int k, Optional<Filter> filter, OptionalDouble minScore, View view)
            implements ShardQuestion<Search.Found> {
        record Found(List<Candidate> best, long considered) {}

        @Override
        public boolean heavy() {
            return true;
        }

        @Override
        public Found of(OpenShard shard) {
            OpenShard.Searched searched = shard.search(space, vector, k, filter, minScore);
            var best = new ArrayList<Candidate>(searched.hits().size());
            for (int i = 0; i < searched.hits().size(); i++)
                best.add(Candidate.here(searched.hits().get(i), searched.scores().get(i), shard));
            return new Found(best, searched.considered());
        }

        @Override
        public void write(ShardRead.Builder question) {
            var wire = SearchMemories.newBuilder()
                    .setSpace(space.value())
                    .setVector(UnsafeByteOperations.unsafeWrap(vector.toBytes()))
                    .setK(k)
                    .setView(QueryFormat.of(view));
            filter.ifPresent(f -> wire.setFilter(QueryFormat.of(f)));
            minScore.ifPresent(wire::setMinScore);
            question.setSearch(wire);
        }

        @Override
        public void write(Found answer, ShardReadAnswer.Builder wire) {
            var found = MemoriesFound.newBuilder().setConsidered(answer.considered());
            for (Memory memory : Candidate.load(answer.best(), space, view).orElseThrow()) found.addMemories(QueryFormat.of(memory));
            for (Candidate candidate : answer.best()) found.addScores(candidate.score());
            wire.setSearch(found);
        }

        @Override
        public Found read(ShardReadAnswer wire, ShardId shard) {
            MemoriesFound found = wire.getSearch();
            if (found.getMemoriesCount() != found.getScoresCount())
                throw new IllegalArgumentException("scores must be as many as memories, were " + found.getScoresCount());
            var best = new ArrayList<Candidate>();
            for (int i = 0; i < found.getMemoriesCount(); i++)
                best.add(Candidate.loaded(QueryFormat.from(found.getMemories(i), shard), found.getScores(i)));
            return new Found(best, found.getConsidered());
        }
    }

    /// Shard 0 only. The space if users may see it.
    record FindSpace(SpaceName name) implements ShardQuestion<Optional<Space>> {
        @Override
        public Optional<Space> of(OpenShard shard) {
            return shard.space(name);
        }

        @Override
        public void write(ShardRead.Builder question) {
            question.setSpace(ReadSpace.newBuilder().setName(name.value()));
        }

        @Override
        public void write(Optional<Space> answer, ShardReadAnswer.Builder wire) {
            var read = SpacesRead.newBuilder();
            answer.ifPresent(space -> read.addSpaces(WireFormat.of(space)));
            wire.setSpaces(read);
        }

        @Override
        public Optional<Space> read(ShardReadAnswer wire, ShardId shard) {
            return wire.getSpaces().getSpacesList().stream().findFirst().map(WireFormat::from);
        }
    }

    /// Shard 0 only. Those that users may see, by name.
    record SpacesAfter(Optional<SpaceName> after, int limit) implements ShardQuestion<List<Space>> {
        @Override
        public List<Space> of(OpenShard shard) {
            return shard.spaces(after, limit);
        }

        @Override
        public void write(ShardRead.Builder question) {
            var wire = ListSpaces.newBuilder().setLimit(limit);
            after.ifPresent(name -> wire.setAfter(name.value()));
            question.setSpaces(wire);
        }

        @Override
        public void write(List<Space> answer, ShardReadAnswer.Builder wire) {
            var read = SpacesRead.newBuilder();
            for (Space space : answer) read.addSpaces(WireFormat.of(space));
            wire.setSpaces(read);
        }

        @Override
        public List<Space> read(ShardReadAnswer wire, ShardId shard) {
            return wire.getSpaces().getSpacesList().stream().map(WireFormat::from).toList();
        }
    }

    /// @throws IllegalArgumentException if it is none
    static ShardQuestion<?> from(ShardRead wire) {
        return switch (wire.getKindCase()) {
            case MEMORIES -> new Get(
                    new SpaceId(wire.getMemories().getSpace()),
                    wire.getMemories().getKeysList().stream().map(MemoryKey::new).toList(),
                    QueryFormat.from(wire.getMemories().getView()));
            case LIST -> {
                ListMemories list = wire.getList();
                yield new ListFrom(
                        new SpaceId(list.getSpace()), list.getPrefix(),
                        list.hasFilter() ? Optional.of(QueryFormat.from(list.getFilter())) : Optional.empty(),
                        list.getFrom().isEmpty() ? Optional.empty() : Optional.of(new MemoryKey(list.getFrom())),
                        list.getLimit(), QueryFormat.from(list.getView()));
            }
            case SEARCH -> {
                SearchMemories search = wire.getSearch();
                yield new Search(
                        new SpaceId(search.getSpace()), Embedding.ofBytes(search.getVector().toByteArray()), search.getK(),
                        search.hasFilter() ? Optional.of(QueryFormat.from(search.getFilter())) : Optional.empty(),
                        search.hasMinScore() ? OptionalDouble.of(search.getMinScore()) : OptionalDouble.empty(),
                        QueryFormat.from(search.getView()));
            }
            case SPACE -> new FindSpace(new SpaceName(wire.getSpace().getName()));
            case SPACES -> new SpacesAfter(
                    wire.getSpaces().getAfter().isEmpty() ? Optional.empty() : Optional.of(new SpaceName(wire.getSpaces().getAfter())),
                    wire.getSpaces().getLimit());
            case KIND_NOT_SET -> throw new IllegalArgumentException("the read must have a kind that this node knows");
        };
    }
}
