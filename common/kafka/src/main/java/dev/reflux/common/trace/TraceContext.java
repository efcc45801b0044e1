package dev.reflux.common.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import java.security.SecureRandom;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;

/**
 * W3C Trace Context (level 1, "traceparent"), by which a frame is followed from the camera's record to its sample or its
 * dead letter. Reflux makes no spans of its own: it hands on the trace that it receives.
 *
 * <ol>
 *   <li>{@link #of} reads what the specification calls valid. A header that is not valid counts as absent.
 *   <li>A header of a later version is read by the fields of version 00.
 * </ol>
 *
 * @param traceId 32 lower-case hexadecimal digits, not all zero
 * @param parentId 16 lower-case hexadecimal digits, not all zero
 * @param sampled whether the trace is recorded where it began
 */
public record TraceContext(String traceId, String parentId, boolean sampled) {

    /** The header's name, in Kafka as in HTTP. */
    public static final String HEADER = "traceparent";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final KafkaHeaders HEADERS = new KafkaHeaders();
    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

    /** Checks both ids. */
    public TraceContext {
        if (!TraceId.isValid(traceId) || !SpanId.isValid(parentId)) {
            throw new IllegalArgumentException("no trace context: " + traceId + " " + parentId);
        }
    }

    /** Returns a new trace, sampled, with random ids. */
    public static TraceContext begin() {
        SpanContext span = SpanContext.getInvalid();
        while (!span.isValid()) {
            span = SpanContext.create(
                    TraceId.fromLongs(RANDOM.nextLong(), RANDOM.nextLong()),
                    SpanId.fromLong(RANDOM.nextLong()),
                    TraceFlags.getSampled(),
                    TraceState.getDefault());
        }
        return of(span);
    }

    /** Returns the trace of a record; empty where the record has none or one that is not valid. */
    public static Optional<TraceContext> of(Headers headers) {
        SpanContext span =
                Span.fromContext(W3C.extract(Context.root(), headers, HEADERS)).getSpanContext();
        return span.isValid() ? Optional.of(of(span)) : Optional.empty();
    }

    /** Hands the trace of one record on to another; a trace that is not valid is left out. */
    public static void handOn(Headers from, Headers to) {
        of(from).ifPresent(trace -> trace.writeTo(to));
    }

    /** Writes the header, in place of any that is there. */
    public void writeTo(Headers headers) {
        TraceFlags flags = sampled ? TraceFlags.getSampled() : TraceFlags.getDefault();
        Span span = Span.wrap(SpanContext.create(traceId, parentId, flags, TraceState.getDefault()));
        W3C.inject(Context.root().with(span), headers, HEADERS);
    }

    private static TraceContext of(SpanContext span) {
        return new TraceContext(span.getTraceId(), span.getSpanId(), span.isSampled());
    }
}
