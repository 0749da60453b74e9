package io.engram.grid.tier.hot;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/// A circuit breaker for each shard: a shard lives on one member, and one member that does not answer must not cost the
/// reads of the others. One set for reads and one for changes, because a change also needs the backups.
final class ShardBreakers {
    /// Opens after at least 5 calls of which half failed; asks again after a second, with two calls.
    private static final CircuitBreakerConfig CONFIG = CircuitBreakerConfig.custom()
            .slidingWindowType(SlidingWindowType.COUNT_BASED)
            .slidingWindowSize(20)
            .minimumNumberOfCalls(5)
            .failureRateThreshold(50)
            .waitDurationInOpenState(Duration.ofSeconds(1))
            .permittedNumberOfCallsInHalfOpenState(2)
            // A trial whose caller vanished must not hold the breaker half open for ever.
            .maxWaitDurationInHalfOpenState(Duration.ofSeconds(5))
            .writableStackTraceEnabled(false)
            .build();

    private final List<CircuitBreaker> breakers;

    ShardBreakers(String name, int shards) {
        breakers = IntStream.range(0, shards).mapToObj(shard -> CircuitBreaker.of(name + "-" + shard, CONFIG)).toList();
    }

    CircuitBreaker of(int shard) {
        return breakers.get(shard);
    }

    List<Integer> open() {
        return IntStream.range(0, breakers.size())
                .filter(shard -> breakers.get(shard).getState() == CircuitBreaker.State.OPEN)
                .boxed()
                .toList();
    }
}
