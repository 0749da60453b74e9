package io.engram.grid.tier.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.tier.hot.OfferQueue.SpaceOfShard;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OfferQueueTest {
    private final OfferQueue queue = new OfferQueue(10_000);

    @Test
    void keeps_the_higher_version_of_a_key() throws InterruptedException {
        queue.add(key("a"), put(7, 10));
        queue.add(key("a"), put(5, 10));
        queue.add(key("a"), new Change(6, null));
        queue.add(key("b"), put(3, 10));
        queue.add(key("b"), new Change(3, null));
        var changes = queue.take(Duration.ZERO).changes().get(0);
        assertThat(changes).hasSize(2);
        assertThat(changes).hasEntrySatisfying(key("a"), change -> assertThat(change.version()).isEqualTo(7));
        assertThat(changes).hasEntrySatisfying(key("b"), change -> assertThat(change.envelope()).isNull());
    }

    @Test
    void is_bounded_by_bytes_and_has_room_again_once_taken() throws InterruptedException {
        int taken = 0;
        while (queue.add(key("k" + taken), put(1, 1_000))) taken++;
        assertThat(taken).isBetween(7, 9);
        assertThat(queue.take(Duration.ZERO).changes().get(0)).hasSize(taken);
        int again = 0;
        while (queue.add(key("k" + again), put(1, 1_000))) again++;
        assertThat(again).isEqualTo(taken);
    }

    @Test
    void replacing_a_waiting_change_takes_no_further_room() {
        for (int i = 1; i < 1_000; i++) assertThat(queue.add(key("a"), put(i, 1_000))).isTrue();
    }

    @Test
    void hands_out_batches_of_bounded_size() throws InterruptedException {
        OfferQueue large = new OfferQueue(100 << 20);
        for (int i = 0; i < OfferQueue.BATCH_KEYS + 1; i++) large.add(key("k" + i), put(1, 1));
        assertThat(large.take(Duration.ZERO).changes().get(0)).hasSize(OfferQueue.BATCH_KEYS);
        assertThat(large.take(Duration.ZERO).changes().get(0)).hasSize(1);
        large.add(key("huge"), put(1, 2 << 20));
        large.add(key("next"), put(1, 1));
        assertThat(large.take(Duration.ZERO).changes().get(0)).containsOnlyKeys(key("huge"));
    }

    @Test
    void forgets_what_waits_for_a_space_that_goes() throws InterruptedException {
        queue.add(key("a"), put(1, 10));
        queue.add(new GridKey(0, 2, "a"), put(1, 10));
        queue.addSpace(new SpaceOfShard(0, 1));
        var batch = queue.take(Duration.ZERO);
        assertThat(batch.changes().get(0)).containsOnlyKeys(new GridKey(0, 2, "a"));
        assertThat(batch.space()).isEqualTo(new SpaceOfShard(0, 1));
    }

    @Test
    void is_empty_when_nothing_comes() throws InterruptedException {
        assertThat(queue.take(Duration.ofMillis(5)).isEmpty()).isTrue();
    }

    private static GridKey key(String key) {
        return new GridKey(0, 1, key);
    }

    private static Change put(long version, int bytes) {
        return new Change(version, new byte[bytes]);
    }
}
