package io.engram.grid.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A failing seed is only of use if it fails again.
class DeterminismTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 7, 42, 4711})
    void the_same_seed_lives_the_same_life(long seed) {
        ClusterLife first = ClusterLife.of(seed, Variation.NONE, true);
        ClusterLife second = ClusterLife.of(seed, Variation.NONE, true);

        assertThat(first.trace()).hasSizeGreaterThan(50).isEqualTo(second.trace());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 42, 4711})
    void another_seed_lives_another(long seed) {
        assertThat(ClusterLife.of(seed, Variation.NONE, true).trace()).isNotEqualTo(ClusterLife.of(seed + 1, Variation.NONE, true).trace());
    }
}
