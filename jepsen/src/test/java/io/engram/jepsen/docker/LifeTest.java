package io.engram.jepsen.docker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LifeTest {
    @Test
    void reads_what_the_kernel_says() {
        assertThat(Life.parse("93 S\n")).isEqualTo(new Life(93, 'S'));
        assertThat(Life.parse("93 S\n").runs()).isTrue();
        assertThat(Life.parse("93 T\n").stopped()).isTrue();
        assertThat(Life.parse("93 T\n").runs()).isFalse();
    }

    @Test
    void a_zombie_is_no_life() {
        assertThat(Life.parse("93 Z\n").exists()).isFalse();
        assertThat(Life.parse("").exists()).isFalse();
    }
}
