package io.engram.jepsen.controls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.jepsen.controls.Rewriting.Advised;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import net.bytebuddy.pool.TypePool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SwitchTest {
    @Test
    void every_method_that_a_switch_rewrites_is_there() {
        Agent.check(EnumSet.allOf(Switch.class));
    }

    @ParameterizedTest
    @EnumSource(Switch.class)
    void every_switch_is_found_by_its_name(Switch one) {
        assertThat(Switch.parse(one.text())).containsExactly(one);
    }

    @Test
    void several_are_separated_by_commas() {
        assertThat(Switch.parse("skip-version-check,lossy-hot-tier")).isEqualTo(Set.of(Switch.SKIP_VERSION_CHECK, Switch.LOSSY_HOT_TIER));
    }

    @Test
    void a_name_that_is_none_is_refused_with_those_there_are() {
        assertThatThrownBy(() -> Switch.parse("drop-everything"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("drop-everything")
                .hasMessageContaining("drop-dedupe");
    }

    @Test
    void a_class_that_is_gone_is_named() {
        assertThatThrownBy(() -> new Advised("io.engram.grid.Gone", "m", 0, "NoFlush").check(TypePool.Default.ofSystemLoader()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("there is no class io.engram.grid.Gone to rewrite");
    }

    @Test
    void a_method_that_is_gone_is_named() {
        assertThatThrownBy(() -> new Advised("io.engram.node.Main", "gone", 2, "NoFlush").check(TypePool.Default.ofSystemLoader()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("io.engram.node.Main must have one method gone with 2 arguments");
    }

    /// What the broken code reaches for by name while it runs.
    @Test
    void private_parts_that_are_reached_for_are_there() throws ReflectiveOperationException {
        Class<?> log = Class.forName("io.engram.grid.log.RatisShardLog");
        Class<?> running = log.getDeclaredField("running").getType();
        assertThat(Arrays.stream(running.getRecordComponents()).map(c -> c.getName())).contains("server", "division");
        Class<?> draft = Class.forName("io.engram.grid.memory.shard.Draft");
        assertThat(draft.getDeclaredMethod("position").getReturnType()).isEqualTo(long.class);
        assertThat(draft.getDeclaredMethod("shard").getReturnType().getSimpleName()).isEqualTo("ShardId");
        assertThat(draft.getDeclaredMethod("space", long.class).getReturnType().getSimpleName()).isEqualTo("Optional");
        assertThat(Class.forName("io.engram.grid.memory.shard.SpaceTable").getDeclaredMethod("space").getReturnType().getSimpleName())
                .isEqualTo("Space");
    }
}
