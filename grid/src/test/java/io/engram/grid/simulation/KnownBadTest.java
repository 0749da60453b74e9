package io.engram.grid.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A checker that cannot say no is worth nothing: each way of breaking the design on purpose must be found.
class KnownBadTest {
    private static final int SEEDS = 1500;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void is_found(Variation variation) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            for (String broken : ClusterLife.of(seed, variation, false).broken()) {
                if (!broken.contains(variation.sign())) continue;
                System.out.printf("%s found by seed %d: %s%n", variation, seed, broken.lines().findFirst().orElse(""));
                return;
            }
        }
        assertThat(false).as("%s was not found in %d seeds", variation, SEEDS).isTrue();
    }
}
