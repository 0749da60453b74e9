package io.engram.grid.tier.hot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
    private static final GridKey KEY = new GridKey(1, 7, "a");
    private static final byte[] CONTENT = {1, 2, 3, 4, 5};

    @Test
    void opens_for_its_own_key_only() {
        byte[] sealed = Envelope.seal(KEY, 42, CONTENT);
        assertThat(Envelope.open(KEY, sealed)).satisfies(record -> {
            assertThat(record.version()).isEqualTo(42);
            assertThat(record.bytes()).isEqualTo(CONTENT);
        });
        assertThat(Envelope.open(new GridKey(1, 7, "b"), sealed)).isNull();
        assertThat(Envelope.open(new GridKey(1, 8, "a"), sealed)).isNull();
        assertThat(Envelope.open(new GridKey(2, 7, "a"), sealed)).isNull();
    }

    @Test
    void does_not_open_with_any_bit_flipped_or_any_byte_missing() {
        byte[] sealed = Envelope.seal(KEY, 42, CONTENT);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] damaged = sealed.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(Envelope.open(KEY, damaged)).as("bit %d", bit).isNull();
        }
        for (int length = 0; length < sealed.length; length++)
            assertThat(Envelope.open(KEY, Arrays.copyOf(sealed, length))).as("length %d", length).isNull();
    }

    @Test
    void does_not_open_what_is_not_bytes() {
        assertThat(Envelope.open(KEY, null)).isNull();
        assertThat(Envelope.open(KEY, "text")).isNull();
        assertThat(Envelope.versionOf(KEY, 5)).isEqualTo(Envelope.NOTHING);
    }

    @Test
    void holds_empty_content() {
        assertThat(Envelope.open(KEY, Envelope.seal(KEY, 1, new byte[0]))).satisfies(r -> assertThat(r.bytes()).isEmpty());
    }
}
