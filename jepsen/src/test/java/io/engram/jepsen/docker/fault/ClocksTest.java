package io.engram.jepsen.docker.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.nemesis.Fault.Clock;
import io.engram.jepsen.nemesis.Fault.Motion;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ClocksTest {
    private static final Clock JUMP = new Clock(Motion.JUMP, Duration.ofSeconds(-5), 1);
    private static final Clock FASTER = new Clock(Motion.DRIFT, Duration.ZERO, 1.1);
    private static final Clock SLOWER = new Clock(Motion.DRIFT, Duration.ZERO, 0.5);
    private static final Clock STROBE = new Clock(Motion.STROBE, Duration.ofSeconds(2), 1);

    /// Twelve samples, 75 ms apart.
    private static List<Long> gaining(double microsPerMilli) {
        return LongStream.range(0, 12).mapToObj(i -> Math.round(i * 75 * microsPerMilli)).toList();
    }

    @Test
    void tells_the_library_in_nanoseconds_and_millionths() {
        assertThat(Clocks.set(JUMP)).endsWith(" -5000000000 0 0 0");
        assertThat(Clocks.set(FASTER)).endsWith(" 0 100000 0 0");
        assertThat(Clocks.set(SLOWER)).endsWith(" 0 -500000 0 0");
        assertThat(Clocks.set(STROBE)).endsWith(" 0 0 2000000000 200000000");
    }

    @Test
    void a_jump_shows_in_every_sample() {
        assertThat(Clocks.shows(JUMP, List.of(-5_000_010L, -4_999_990L))).isTrue();
        assertThat(Clocks.shows(JUMP, List.of(0L, -4_999_990L))).isFalse();
        assertThat(Clocks.shows(JUMP, List.of(5_000_000L, 5_000_000L))).isFalse();
    }

    @Test
    void a_drift_shows_in_what_is_gained() {
        assertThat(Clocks.shows(FASTER, gaining(100))).isTrue();
        assertThat(Clocks.shows(FASTER, gaining(10))).isFalse();
        assertThat(Clocks.shows(FASTER, gaining(-100))).isFalse();
        assertThat(Clocks.shows(SLOWER, gaining(-500))).isTrue();
        assertThat(Clocks.shows(SLOWER, gaining(0))).isFalse();
        assertThat(Clocks.shows(new Clock(Motion.DRIFT, Duration.ZERO, 1), gaining(0))).isFalse();
    }

    @Test
    void a_strobe_shows_both_times() {
        assertThat(Clocks.shows(STROBE, List.of(0L, 2_000_000L, 10L))).isTrue();
        assertThat(Clocks.shows(STROBE, List.of(2_000_000L, 2_000_000L))).isFalse();
        assertThat(Clocks.shows(STROBE, List.of(0L, 0L))).isFalse();
    }
}
