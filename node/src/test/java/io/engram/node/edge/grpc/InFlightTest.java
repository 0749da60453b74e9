package io.engram.node.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private final List<String> granted = new ArrayList<>();
    private final InFlight bytes = new InFlight(100, 50);

    @Test void what_waits_is_served_in_order_once_there_is_room() {
        assertThat(take("a", 90)).isTrue();
        assertThat(take("b", 20)).isFalse();
        assertThat(take("c", 5)).as("not before b").isFalse();
        assertThat(bytes.waiting()).isEqualTo(25);
        bytes.give(90);
        assertThat(granted).containsExactly("a", "b", "c");
        assertThat(bytes.taken()).isEqualTo(25);
        assertThat(bytes.waiting()).isZero();
    }

    @Test void what_waits_is_bounded_too() {
        take("a", 100);
        take("b", 30);
        take("c", 20);
        var refused = catchThrowableOfType(RefusedException.class, () -> take("d", 1));
        assertThat(refused.reason()).isEqualTo(Reason.OVERLOADED);
        assertThat(bytes.waiting()).isEqualTo(50);
        bytes.give(100);
        assertThat(take("d", 1)).isTrue();
    }

    @Test void one_that_is_larger_than_all_there_is_waits_alone_and_is_served_alone() {
        take("a", 1);
        assertThat(take("huge", 1_000)).isFalse();
        bytes.give(1);
        assertThat(granted).containsExactly("a", "huge");
        assertThat(bytes.tryTake(1)).isFalse();
        bytes.give(1_000);
        assertThat(bytes.tryTake(1)).isTrue();
    }

    private boolean take(String name, long size) {
        return bytes.take(size, () -> granted.add(name));
    }
}
