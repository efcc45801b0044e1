package dev.reflux.common.trace;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * W3C Trace Context (level 1, "traceparent"): by which a frame is followed from the camera's record to the sample or the
 * dead letter that became of it. Reflux makes no spans of its own, so what it passes on is what it was given.
 *
 * <ol>
 *   <li>{@link #parse} takes what the specification calls valid and nothing else; what is not valid is as good as absent.
 *   <li>A header of a later version is read by the fields that version 00 has.
 * </ol>
 *
 * @param traceId 32 lower-case hexadecimal digits, not all zero
 * @param parentId 16 lower-case hexadecimal digits, not all zero
 * @param sampled whether whoever began the trace records it
 */
public record TraceContext(String traceId, String parentId, boolean sampled) {

    /** The header's name, in Kafka as in HTTP. */
    public static final String HEADER = "traceparent";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern FORM =
            Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
    private static final String FORBIDDEN_VERSION = "ff";
    private static final String VERSION = "00";
    private static final int LONGEST = 512;
    private static final int SAMPLED = 1;

    public TraceContext {
        if (!FORM.matcher(VERSION + "-" + traceId + "-" + parentId + "-00").matches()
                || isZero(traceId)
                || isZero(parentId)) {
            throw new IllegalArgumentException("no trace context: " + traceId + " " + parentId);
        }
    }

    /** A new trace, sampled, with random ids. */
    public static TraceContext begin() {
        return new TraceContext(random(16), random(8), true);
    }

    /** Empty when the text is no valid traceparent. */
    public static Optional<TraceContext> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (text.length() > LONGEST || !form.matches()) {
            return Optional.empty();
        }
        String version = form.group(1);
        boolean longer = form.group(5) != null;
        if (version.equals(FORBIDDEN_VERSION)
                || version.equals(VERSION) && longer
                || isZero(form.group(2))
                || isZero(form.group(3))) {
            return Optional.empty();
        }
        boolean sampled = (Integer.parseInt(form.group(4), 16) & SAMPLED) != 0;
        return Optional.of(new TraceContext(form.group(2), form.group(3), sampled));
    }

    /** The trace of a record; empty when it has none or what it has is not valid. */
    public static Optional<TraceContext> of(Headers headers) {
        Header header = headers.lastHeader(HEADER);
        return header == null || header.value() == null
                ? Optional.empty()
                : parse(new String(header.value(), StandardCharsets.ISO_8859_1));
    }

    /** Hands a trace on from one record to another: whole, or not at all when it is not valid. */
    public static void handOn(Headers from, Headers to) {
        of(from).ifPresent(trace -> trace.writeTo(to));
    }

    /** In place of any that is there. */
    public void writeTo(Headers headers) {
        headers.remove(HEADER);
        headers.add(HEADER, toString().getBytes(StandardCharsets.US_ASCII));
    }

    /** As it stands in the header. */
    @Override
    public String toString() {
        return VERSION + "-" + traceId + "-" + parentId + (sampled ? "-01" : "-00");
    }

    private static boolean isZero(String digits) {
        return digits.chars().allMatch(digit -> digit == '0');
    }

    private static String random(int bytes) {
        byte[] id = new byte[bytes];
        do {
            RANDOM.nextBytes(id);
        } while (isZero(HexFormat.of().formatHex(id)));
        return HexFormat.of().formatHex(id);
    }
}
