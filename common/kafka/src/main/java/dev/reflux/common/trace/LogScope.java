package dev.reflux.common.trace;

import org.apache.kafka.common.header.Headers;
import org.slf4j.MDC;

/**
 * Names the frame that this thread works on, in every line that it logs until the scope is closed. One thread opens and
 * closes it; scopes are not nested.
 */
public final class LogScope implements AutoCloseable {

    /** Key of the trace's id: 32 hexadecimal digits. */
    public static final String TRACE_ID = "trace_id";
    /** Key of the frame's id, as the camera gave it. */
    public static final String FRAME_ID = "frame_id";

    private LogScope() {}

    /**
     * @param headers of the frame's record, which may name a trace
     * @param frameId empty: not known, and not named
     */
    public static LogScope of(Headers headers, String frameId) {
        TraceContext.of(headers).ifPresent(trace -> MDC.put(TRACE_ID, trace.traceId()));
        if (!frameId.isEmpty()) {
            MDC.put(FRAME_ID, frameId);
        }
        return new LogScope();
    }

    @Override
    public void close() {
        MDC.remove(TRACE_ID);
        MDC.remove(FRAME_ID);
    }
}
