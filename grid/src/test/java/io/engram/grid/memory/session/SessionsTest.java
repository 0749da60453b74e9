package io.engram.grid.memory.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.memory.session.Ingest.Item;
import io.engram.grid.memory.session.Ingest.Rejected;
import io.engram.grid.memory.session.Ingest.Taken;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.memory.shard.Wire;
import io.engram.grid.wire.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private static final SessionId SESSION = new SessionId("s1");
    private final Space space = Wire.space(5, 3, new SpaceLimits(Duration.ofMinutes(1), 0, 2));
    private final ShardsInMemory shards = new ShardsInMemory(space, 1);
    private final Sessions sessions = new Sessions(shards, shards.time, shards.time);

    private Ingest open(long acknowledged) {
        return finish(sessions.open(space, SESSION, acknowledged, shards.time.in(Duration.ofSeconds(10))));
    }

    private Reason refused(CompletableFuture<?> call) {
        while (!call.isDone() && shards.time.step()) {}
        return ((RefusedException) call.exceptionNow()).reason();
    }

    private <T> T finish(CompletableFuture<T> call) {
        while (!call.isDone() && shards.time.step()) {}
        return call.join();
    }

    private CompletableFuture<Taken> take(Ingest ingest, long first, int count) {
        List<Item> items = new ArrayList<>();
        for (long n = first; n < first + count; n++) items.add(good(n));
        return ingest.take(first, items, 0, shards.time.in(Duration.ofSeconds(10)));
    }

    private static Item good(long number) {
        Observation observation = Wire.observation("key" + number % 10, Long.toString(number));
        return new Item.Good(observation);
    }

    private List<Long> recorded() {
        return shards.shards.stream().flatMap(shard -> shard.recordedTexts.stream()).map(Long::parseLong).sorted().toList();
    }

    @Nested
    class A_new_session {
        @Test
        void is_known_to_every_shard_and_settled_at_home_before_anything_is_taken() {
            Ingest ingest = open(0);
            assertThat(ingest.resumed()).isFalse();
            assertThat(ingest.durableThrough()).isZero();
            for (var shard : shards.shards) {
                try (ShardReading reading = shard.state.read()) {
                    var session = reading.session(space.id(), SESSION).orElseThrow();
                    assertThat(session.settled()).isEqualTo(shard.state.shard().equals(space.homeOf(SESSION)));
                }
            }
        }

        @Test
        void of_which_the_client_claims_acknowledgements_has_expired() {
            assertThat(refused(sessions.open(space, SESSION, 3, shards.time.in(Duration.ofSeconds(10)))))
                    .isEqualTo(Reason.SESSION_EXPIRED);
        }
    }

    @Nested
    class Taking {
        @Test
        void records_each_number_once_on_the_shard_of_its_key_and_tells_where() {
            Ingest ingest = open(0);
            Taken taken = finish(take(ingest, 1, 20));
            assertThat(taken.durableThrough()).isEqualTo(20);
            assertThat(taken.rejections()).isEmpty();
            assertThat(recorded()).containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
            for (var position : taken.positions())
                assertThat(shards.shards.get(position.shard().value()).state.published()).isEqualTo(position.index());
            assertThat(shards.numberAt("key7")).isEqualTo(17);
        }

        @Test
        void calls_complete_in_order_and_share_commands() {
            Ingest ingest = open(0);
            List<Integer> completed = new ArrayList<>();
            List<CompletableFuture<Taken>> calls = new ArrayList<>();
            for (int call = 0; call < 50; call++) {
                int number = call;
                calls.add(take(ingest, call * 20L + 1, 20).whenComplete((taken, failure) -> completed.add(number)));
            }
            calls.forEach(SessionsTest.this::finish);
            assertThat(completed).isSorted().hasSize(50);
            assertThat(recorded()).hasSize(1_000).doesNotHaveDuplicates();
            assertThat(shards.landed.stream().filter(Command::hasSessionBatch).count()).isLessThan(30);
        }

        @Test
        void large_observations_are_spread_over_several_commands() {
            Ingest ingest = open(0);
            List<Item> items = new ArrayList<>();
            String text = "x".repeat(60_000);
            for (int i = 0; i < 100; i++) items.add(new Item.Good(Wire.observation("key" + i, text)));
            assertThat(finish(ingest.take(1, items, 0, shards.time.in(Duration.ofSeconds(10)))).durableThrough()).isEqualTo(100);
            assertThat(shards.landed.stream().mapToInt(Command::getSerializedSize).max().orElseThrow()).isLessThan(330_000);
        }

        @Test
        void numbers_that_do_not_follow_are_refused() {
            Ingest ingest = open(0);
            assertThat(refused(take(ingest, 2, 1))).isEqualTo(Reason.SESSION_GAP);
            assertThat(finish(take(ingest, 1, 1)).durableThrough()).isEqualTo(1);
        }

        @Test
        void more_than_may_be_under_way_is_refused_and_the_stream_goes_on() {
            Ingest ingest = open(0);
            var first = take(ingest, 1, 16_000);
            assertThat(refused(take(ingest, 16_001, 1_000))).isEqualTo(Reason.OVERLOADED);
            finish(first);
            assertThat(finish(take(ingest, 16_001, 10)).durableThrough()).isEqualTo(16_010);
        }
    }

    @Nested
    class Rejections {
        private final Space full = Wire.space(6, 3, new SpaceLimits(Duration.ofMinutes(1), 3, 2));
        private final ShardsInMemory few = new ShardsInMemory(full, 1);

        @Test
        void of_edge_and_shards_come_back_in_order_and_again_to_who_reopens() {
            Sessions there = new Sessions(few, few.time, few.time);
            Ingest ingest = finish(there.open(full, SESSION, 0, few.time.in(Duration.ofSeconds(10))));
            List<Item> items = new ArrayList<>();
            for (int i = 1; i <= 30; i++)
                items.add(i % 5 == 0 ? new Item.Bad("INVALID_ARGUMENT", "text", "too long") : new Item.Good(Wire.observation("k" + i, "x")));
            Taken taken = finish(ingest.take(1, items, 0, few.time.in(Duration.ofSeconds(10))));
            List<Long> numbers = taken.rejections().stream().map(Rejected::number).toList();
            assertThat(taken.rejections().stream().filter(r -> r.reason().equals("INVALID_ARGUMENT"))).hasSize(6);
            assertThat(taken.rejections().stream().filter(r -> r.reason().equals("SPACE_FULL"))).hasSize(21);
            assertThat(numbers).isSorted().doesNotHaveDuplicates();
            Ingest again = finish(there.open(full, SESSION, 0, few.time.in(Duration.ofSeconds(10))));
            assertThat(again.pendingRejections()).isEqualTo(taken.rejections());
            Ingest later = finish(there.open(full, SESSION, 10, few.time.in(Duration.ofSeconds(10))));
            assertThat(later.pendingRejections()).isEqualTo(taken.rejections().stream().filter(r -> r.number() > 10).toList());
        }

        private <T> T finish(CompletableFuture<T> call) {
            while (!call.isDone() && few.time.step()) {}
            return call.join();
        }
    }

    @Nested
    class Reopening {
        @Test
        void tells_what_is_durable_and_takes_no_number_twice() {
            Ingest ingest = open(0);
            finish(take(ingest, 1, 20));
            ingest.close();
            Ingest again = open(20);
            assertThat(again.resumed()).isTrue();
            assertThat(again.durableThrough()).isEqualTo(20);
            finish(take(again, 11, 20));
            assertThat(recorded()).hasSize(30).doesNotHaveDuplicates();
        }

        @Test
        void ends_the_stream_that_was_open_even_what_it_has_under_way() {
            Ingest old = open(0);
            finish(take(old, 1, 5));
            Ingest fresh = open(0);
            assertThat(refused(take(old, 6, 5))).isEqualTo(Reason.SESSION_BUSY);
            assertThat(fresh.durableThrough()).isEqualTo(5);
            finish(take(fresh, 6, 5));
            assertThat(recorded()).hasSize(10).doesNotHaveDuplicates();
        }

        @Test
        void after_an_unknown_outcome_tells_the_truth() {
            Ingest ingest = open(0);
            shards.faults = new ShardsInMemory.Faults(0, 0, 100, 0, 0);
            assertThat(refused(take(ingest, 1, 5))).isEqualTo(Reason.OUTCOME_UNKNOWN);
            assertThat(refused(take(ingest, 6, 5))).isEqualTo(Reason.OUTCOME_UNKNOWN);
            shards.faults = ShardsInMemory.Faults.NONE;
            Ingest again = open(0);
            assertThat(again.durableThrough()).isEqualTo(5);
        }

        @Test
        void waits_while_a_shard_has_no_leader() {
            shards.faults = new ShardsInMemory.Faults(60, 0, 0, 0, 0);
            Ingest ingest = open(0);
            assertThat(finish(take(ingest, 1, 50)).durableThrough()).isEqualTo(50);
        }

        @Test
        void gives_up_at_the_deadline_when_no_leader_comes() {
            shards.faults = new ShardsInMemory.Faults(100, 0, 0, 0, 0);
            var opening = sessions.open(space, SESSION, 0, shards.time.in(Duration.ofSeconds(10)));
            assertThat(refused(opening)).isEqualTo(Reason.NO_LEADER);
        }
    }

    @Nested
    class An_idle_session {
        private final List<Caretaker> caretakers = new ArrayList<>();

        private void care() {
            for (var shard : shards.shards) {
                Caretaker caretaker = new Caretaker(shard.state, () -> true, shards, shards.time, shards.time);
                caretaker.start();
                caretakers.add(caretaker);
            }
        }

        private int known() {
            int known = 0;
            for (var shard : shards.shards) {
                try (ShardReading reading = shard.state.read()) {
                    known += reading.sessions(space.id());
                    known += reading.closing().size();
                }
            }
            return known;
        }

        @Test
        void is_forgotten_by_all_shards_though_nothing_else_happens() {
            Ingest ingest = open(0);
            finish(take(ingest, 1, 5));
            care();
            shards.time.advance(Duration.ofSeconds(55));
            assertThat(known()).isEqualTo(3);
            shards.time.advance(Duration.ofSeconds(20));
            assertThat(known()).isZero();
            assertThat(refused(take(ingest, 6, 1))).isEqualTo(Reason.SESSION_EXPIRED);
            assertThat(refused(sessions.open(space, SESSION, 5, shards.time.in(Duration.ofSeconds(5))))).isEqualTo(Reason.SESSION_EXPIRED);
            int quiet = shards.landed.size();
            shards.time.advance(Duration.ofMinutes(1));
            assertThat(shards.landed).hasSize(quiet);
            caretakers.forEach(Caretaker::close);
        }

        @Test
        void is_forgotten_even_where_closing_fails_many_times() {
            open(0);
            care();
            shards.faults = ShardsInMemory.Faults.MANY;
            shards.time.advance(Duration.ofMinutes(2));
            shards.faults = ShardsInMemory.Faults.NONE;
            shards.time.advance(Duration.ofSeconds(30));
            assertThat(known()).isZero();
        }

        @Test
        void does_not_come_back_through_a_command_that_was_under_way() {
            open(0);
            List<Command> old = List.copyOf(shards.landed);
            care();
            shards.time.advance(Duration.ofSeconds(90));
            assertThat(known()).isZero();
            ShardId home = space.homeOf(SESSION);
            for (Command command : old)
                for (var shard : shards.shards)
                    if (!shard.state.shard().equals(home)) shard.apply(command);
            assertThat(known()).isZero();
        }
    }

    @Test
    void no_more_sessions_are_opened_than_the_space_allows() {
        List<SessionId> sameHome = new ArrayList<>();
        for (int i = 0; sameHome.size() < 3; i++)
            if (space.homeOf(new SessionId("t" + i)).equals(space.homeOf(SESSION))) sameHome.add(new SessionId("t" + i));
        for (SessionId session : sameHome.subList(0, 2))
            finish(sessions.open(space, session, 0, shards.time.in(Duration.ofSeconds(5))));
        assertThat(refused(sessions.open(space, sameHome.get(2), 0, shards.time.in(Duration.ofSeconds(5)))))
                .isEqualTo(Reason.TOO_MANY_SESSIONS);
    }
}
