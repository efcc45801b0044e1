package dev.reflux.common.meters;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Creates the meters of a service. Thread-safe; callers may keep the meters. */
public final class Meters implements AutoCloseable {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();

    /** Creates a registry with the meters of the JVM and the process. */
    public Meters() {
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    /** Returns the registry that {@code /metrics} serves. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /**
     * Returns a counter.
     *
     * @param meter meter of kind COUNTER
     * @param tagValues one value for each of the meter's tags, in order
     */
    public Counter counter(Meter meter, String... tagValues) {
        require(meter, Meter.Kind.COUNTER);
        return Counter.builder(meter.id())
                .description(meter.description())
                .tags(tags(meter, tagValues))
                .register(registry);
    }

    /**
     * Returns a timer.
     *
     * @param meter meter of kind TIMER
     * @param tagValues one value for each of the meter's tags, in order
     */
    public Timer timer(Meter meter, String... tagValues) {
        require(meter, Meter.Kind.TIMER);
        return Timer.builder(meter.id())
                .description(meter.description())
                .publishPercentileHistogram(false)
                .tags(tags(meter, tagValues))
                .register(registry);
    }

    /**
     * Returns a summary.
     *
     * @param meter meter of kind SUMMARY
     * @param tagValues one value for each of the meter's tags, in order
     */
    public DistributionSummary summary(Meter meter, String... tagValues) {
        require(meter, Meter.Kind.SUMMARY);
        return DistributionSummary.builder(meter.id())
                .description(meter.description())
                .tags(tags(meter, tagValues))
                .register(registry);
    }

    /**
     * Registers a gauge.
     *
     * @param meter meter of kind GAUGE
     * @param value supplier that each scrape calls on its own thread; the gauge keeps it reachable
     * @param tagValues one value for each of the meter's tags, in order
     */
    public void gauge(Meter meter, Supplier<Number> value, String... tagValues) {
        require(meter, Meter.Kind.GAUGE);
        Gauge.builder(meter.id(), value)
                .description(meter.description())
                .tags(tags(meter, tagValues))
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }

    private static void require(Meter meter, Meter.Kind kind) {
        if (meter.kind() != kind) {
            throw new IllegalArgumentException(meter + " is a " + meter.kind() + ", not a " + kind);
        }
    }

    private static List<Tag> tags(Meter meter, String... values) {
        if (values.length != meter.tags().size()) {
            throw new IllegalArgumentException(meter + " has the tags " + meter.tags());
        }
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            tags.add(Tag.of(meter.tags().get(i), values[i]));
        }
        return tags;
    }
}
