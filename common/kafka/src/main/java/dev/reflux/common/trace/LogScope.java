package dev.reflux.common.trace;

import org.apache.kafka.common.header.Headers;
import org.slf4j.MDC;

/**
 * Adds the frame that this thread works on to every line that it logs until the scope is closed. One thread opens and
 * closes a scope; scopes are not nested.
 */
public final class LogScope implements AutoCloseable {

    /** Key of the trace id, 32 hexadecimal digits. */
    public static final String TRACE_ID = "trace_id";
    /** Key of the frame id. */
    public static final String FRAME_ID = "frame_id";

    private LogScope() {}

    /**
     * Opens a scope.
     *
     * @param headers headers of the frame's record
     * @param frameId id of the frame; empty where it is not known
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
