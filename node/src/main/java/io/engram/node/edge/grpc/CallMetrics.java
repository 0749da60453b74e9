package io.engram.node.edge.grpc;

import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.function.DoubleSupplier;

/// What the edge counts.
final class CallMetrics {
    private final CollectorRegistry registry;
    private final Counter calls;
    private final Histogram seconds;
    private final Counter refused;

    CallMetrics(CollectorRegistry registry) {
        this.registry = registry;
        this.calls = Counter.build("engram_calls_total", "Calls that ended, by method and status code.")
                .labelNames("method", "code").register(registry);
        this.seconds = Histogram.build("engram_call_seconds", "Time from a call's start to its end; streams are not in it.")
                .labelNames("method")
                .buckets(.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30)
                .register(registry);
        this.refused = Counter.build("engram_refused_total", "Calls and streams that were refused, by reason.")
                .labelNames("reason").register(registry);
    }

    void ended(String method, boolean unary, Status.Code code, double secondsTaken) {
        calls.labels(method, code.name()).inc();
        if (unary) seconds.labels(method).observe(secondsTaken);
    }

    void refused(ErrorInfo info) {
        refused.labels(info.getReason()).inc();
    }

    void gauge(String name, String help, DoubleSupplier value) {
        Gauge.build(name, help).create()
                .setChild(new Gauge.Child() {
                    @Override
                    public double get() {
                        return value.getAsDouble();
                    }
                })
                .register(registry);
    }
}
