package io.engram.grid.tier.cold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobTest {
    @Test
    void opens_under_its_own_name_only() {
        byte[] sealed = Blob.seal("0/17-a", new byte[] {1, 2, 3});
        assertThat(Blob.open("0/17-a", sealed)).containsExactly(1, 2, 3);
        assertThatThrownBy(() -> Blob.open("0/17-b", sealed))
                .isInstanceOf(ColdTierException.class)
                .hasMessageContaining("0/17-b")
                .hasMessageContaining("damaged");
    }

    @Test
    void does_not_open_with_any_bit_flipped() {
        byte[] sealed = Blob.seal("a", new byte[] {1, 2, 3});
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] damaged = sealed.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> Blob.open("a", damaged)).isInstanceOf(ColdTierException.class);
        }
        assertThatThrownBy(() -> Blob.open("a", new byte[3])).isInstanceOf(ColdTierException.class);
        assertThatThrownBy(() -> Blob.open("a", "text")).isInstanceOf(ColdTierException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".a", "/a", "-a", "a b", "a\n", "ä", "a:b"})
    void names_of_another_shape_are_refused(String name) {
        assertThatThrownBy(() -> Blob.checkName(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("blob name");
    }

    @Test
    void sizes_are_bounded() {
        assertThatCode(() -> Blob.checkName("a".repeat(200))).doesNotThrowAnyException();
        assertThatThrownBy(() -> Blob.checkName("a".repeat(201))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Blob.seal("a", new byte[ColdTier.MAX_BLOB_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8388609");
    }
}
