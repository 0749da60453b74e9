package io.engram.grid.tier.hot;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.spi.merge.MergingEntry;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HigherVersionWinsTest {
    private static final GridKey KEY = new GridKey(0, 1, "a");
    private static final byte[] OLD = Envelope.seal(KEY, 4, new byte[] {4});
    private static final byte[] NEW = Envelope.seal(KEY, 5, new byte[] {5});
    private static final byte[] FOREIGN = Envelope.seal(new GridKey(0, 1, "b"), 9, new byte[] {9});

    private final HigherVersionWins policy = new HigherVersionWins();

    @Test
    void keeps_the_higher_version_whichever_side_it_comes_from() {
        assertThat(policy.merge(side(NEW), side(OLD))).isSameAs(NEW);
        assertThat(policy.merge(side(OLD), side(NEW))).isSameAs(NEW);
    }

    @Test
    void takes_what_only_one_side_has() {
        assertThat(policy.merge(side(OLD), null)).isSameAs(OLD);
        assertThat(policy.merge(null, side(OLD))).isSameAs(OLD);
    }

    @Test
    void does_not_keep_what_is_not_ours() {
        assertThat(policy.merge(side(FOREIGN), side(OLD))).isSameAs(OLD);
        assertThat(policy.merge(side(OLD), side(FOREIGN))).isSameAs(OLD);
        assertThat(policy.merge(side(FOREIGN), null)).isNull();
        assertThat(policy.merge(side("text"), side(new byte[3]))).isNull();
    }

    @SuppressWarnings("unchecked")
    private static MergingEntry<Object, Object> side(@Nullable Object value) {
        return (MergingEntry<Object, Object>) Proxy.newProxyInstance(
                HigherVersionWinsTest.class.getClassLoader(), new Class<?>[] {MergingEntry.class}, (proxy, method, args) ->
                        switch (method.getName()) {
                            case "getKey" -> KEY;
                            case "getDeserializedValue", "getRawValue" -> value;
                            default -> throw new UnsupportedOperationException(method.getName());
                        });
    }
}
