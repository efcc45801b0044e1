package dev.reflux.common.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.kafka.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

class TraceContextTest {

    /** The example of the W3C's recommendation, section 3.2.3. */
    private static final String EXAMPLE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static final String IDS = "-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";

    @Test
    void givenTheSpecificationsExample_whenRead_thenItsFieldsComeOutAndItIsWrittenAsItWas() {
        TraceContext trace = TraceContext.of(headers(EXAMPLE)).orElseThrow();

        assertThat(trace.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(trace.parentId()).isEqualTo("00f067aa0ba902b7");
        assertThat(trace.sampled()).isTrue();
        assertThat(written(trace)).isEqualTo(EXAMPLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "ff" + IDS + "01",
                "00" + IDS + "1",
                "00" + IDS + "01-more",
                "00" + IDS + "0g",
                "0" + IDS + "01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01",
                " 00" + IDS + "01",
                "cc" + IDS + "01more",
            })
    void givenATextThatIsNotValid_whenRead_thenThereIsNoTrace(String text) {
        assertThat(TraceContext.of(headers(text))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"00, 00, false", "00, 03, true", "cc, 01, true", "01, fe, false"})
    void givenFlagsAndVersionsToCome_whenRead_thenOnlyTheSampledBitIsRead(
            String version, String flags, boolean sampled) {
        TraceContext trace = TraceContext.of(headers(version + IDS + flags)).orElseThrow();

        assertThat(trace.sampled()).isEqualTo(sampled);
        assertThat(written(trace)).isEqualTo("00" + IDS + (sampled ? "01" : "00"));
    }

    @Test
    void givenALaterVersionWithMoreFields_whenRead_thenTheKnownOnesAreRead() {
        TraceContext trace = TraceContext.of(headers("cc" + IDS + "01-what-the-future-brings"))
                .orElseThrow();

        assertThat(written(trace)).isEqualTo(EXAMPLE);
    }

    @Test
    void givenNewTraces_whenBegun_thenEachIsValidAndNoTwoAreTheSame() {
        var traces = IntStream.range(0, 1000)
                .mapToObj(i -> TraceContext.begin())
                .peek(trace ->
                        assertThat(TraceContext.of(headers(written(trace)))).contains(trace))
                .map(TraceContext::traceId)
                .distinct();

        assertThat(traces).hasSize(1000);
    }

    @Test
    void givenABadHeader_whenHandedOn_thenItIsLeftOut() {
        Headers from = headers("00-nonsense");
        Headers to = new RecordHeaders();

        TraceContext.handOn(from, to);

        assertThat(to.toArray()).isEmpty();
    }

    @Test
    void givenARecordWithATrace_whenItIsRefused_thenTheDeadLetterHasTheTraceAndKeepsItWhenRead() {
        ConsumerRecord<byte[], byte[]> source = new ConsumerRecord<>("frames.labeled", 0, 7, new byte[1], new byte[2]);
        source.headers().add(TraceContext.HEADER, EXAMPLE.getBytes(StandardCharsets.US_ASCII));

        var letter = DeadLetter.of(
                        source, "teacher.ingest", new RejectedFrameException(Rejection.EMPTY_IMAGE, "Empty."))
                .toRecord();

        ConsumerRecord<byte[], byte[]> read = new ConsumerRecord<>(letter.topic(), 0, 0, letter.key(), letter.value());
        letter.headers().forEach(read.headers()::add);
        assertThat(DeadLetter.read(read).trace())
                .contains(TraceContext.of(headers(EXAMPLE)).orElseThrow());
    }

    @Test
    void givenAScope_whenItIsClosed_thenTheThreadNamesNoFrameAnyMore() {
        try (LogScope scope = LogScope.of(headers(EXAMPLE), "frame-1")) {
            assertThat(MDC.get(LogScope.TRACE_ID)).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
            assertThat(MDC.get(LogScope.FRAME_ID)).isEqualTo("frame-1");
        }

        assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
    }

    @Test
    void givenARecordWithATrace_whenAnotherIsWritten_thenItReplacesTheFirst() {
        Headers headers = headers(EXAMPLE);
        TraceContext other = TraceContext.begin();

        other.writeTo(headers);

        assertThat(headers.headers(TraceContext.HEADER)).hasSize(1);
        assertThat(TraceContext.of(headers)).contains(other);
    }

    @Test
    void givenIdsThatAreNone_whenAContextIsMade_thenItIsRefused() {
        assertThatThrownBy(() -> new TraceContext("0".repeat(32), "00f067aa0ba902b7", true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "0".repeat(16), true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String written(TraceContext trace) {
        Headers headers = new RecordHeaders();
        trace.writeTo(headers);
        return new String(headers.lastHeader(TraceContext.HEADER).value(), StandardCharsets.US_ASCII);
    }

    private static Headers headers(String traceparent) {
        Headers headers = new RecordHeaders();
        headers.add(TraceContext.HEADER, traceparent.getBytes(StandardCharsets.US_ASCII));
        return headers;
    }
}
