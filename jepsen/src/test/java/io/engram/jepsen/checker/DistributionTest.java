package io.engram.jepsen.checker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.jepsen.history.Value;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DistributionTest {
    @Test
    void quantiles_are_values_that_were_there() {
        var distribution = new Distribution();
        for (long value = 100; value >= 1; value--) distribution.add(value);
        assertThat(distribution.quantile(0.5)).isEqualTo(50);
        assertThat(distribution.quantile(0.99)).isEqualTo(99);
        assertThat(distribution.quantile(0.991)).isEqualTo(100);
        assertThat(distribution.quantile(0.001)).isEqualTo(1);
        assertThat(distribution.max()).isEqualTo(100);
    }

    @Test
    void values_may_come_after_a_quantile_was_asked_for() {
        var distribution = new Distribution();
        distribution.add(5);
        assertThat(distribution.max()).isEqualTo(5);
        distribution.add(3);
        distribution.add(9);
        assertThat(distribution.quantile(0.5)).isEqualTo(5);
        assertThat(distribution.max()).isEqualTo(9);
    }

    @Test
    void nothing_has_no_quantiles() {
        assertThat(new Distribution().figures()).isEqualTo(new Value.Fields(Map.of("count", Value.of(0))));
        assertThatThrownBy(() -> new Distribution().quantile(0)).hasMessageContaining("q must be in (0, 1]");
    }
}
