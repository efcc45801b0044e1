package dev.reflux.common.kafka;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.trace.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A refused record as it came, with its origin and the reason. Key, value and headers are those of the refused record, so
 * that it can be sent again; the reason is in further headers.
 *
 * @param stage stage that refused the record, such as "teacher.ingest"
 * @param reason reason from the closed set
 * @param message what is wrong with the record, in one sentence
 * @param topic topic of the record
 * @param partition partition of the record
 * @param offset offset of the record
 * @param key key of the record, or null
 * @param value value of the record, or null
 * @param headers headers of the record in their order
 * @param whole false where key, value or headers were left out because the letter was too large
 */
public record DeadLetter(
        String stage,
        Rejection reason,
        String message,
        String topic,
        int partition,
        long offset,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers,
        boolean whole) {

    private static final String STAGE = "reflux.stage";
    private static final String REASON = "reflux.reason";
    private static final String MESSAGE = "reflux.message";
    private static final String TOPIC = "reflux.source.topic";
    private static final String PARTITION = "reflux.source.partition";
    private static final String OFFSET = "reflux.source.offset";
    private static final String LEFT_OUT = "reflux.left-out";
    private static final Set<String> OWN = Set.of(STAGE, REASON, MESSAGE, TOPIC, PARTITION, OFFSET, LEFT_OUT);

    /** A sentence may quote the record, which may be full of anything. */
    private static final int LONGEST_MESSAGE = 1000;

    private static final int LARGEST_KEY = 1 << 10;

    /** Copies the headers. */
    public DeadLetter {
        headers = List.copyOf(headers);
    }

    /** Returns the dead letter of a record that a stage refuses. */
    public static DeadLetter of(ConsumerRecord<byte[], byte[]> source, String stage, RejectedFrameException why) {
        String sentence =
                Optional.ofNullable(why.getMessage()).orElse(why.reason().name());
        return new DeadLetter(
                stage,
                why.reason(),
                sentence.length() > LONGEST_MESSAGE ? sentence.substring(0, LONGEST_MESSAGE) + "…" : sentence,
                source.topic(),
                source.partition(),
                source.offset(),
                source.key(),
                source.value(),
                headersOf(source),
                true);
    }

    /** Returns the trace of the record, where it has a valid one. */
    public Optional<TraceContext> trace() {
        return TraceContext.of(new RecordHeaders(headers));
    }

    /** Returns the record to send, within the caller's transaction where there is one. */
    public ProducerRecord<byte[], byte[]> toRecord() {
        var record = new ProducerRecord<>(Topics.DEAD_LETTER, key, value);
        headers.forEach(header -> record.headers().add(header));
        put(record, STAGE, stage);
        put(record, REASON, reason.name());
        put(record, MESSAGE, message);
        put(record, TOPIC, topic);
        put(record, PARTITION, String.valueOf(partition));
        put(record, OFFSET, String.valueOf(offset));
        if (!whole) {
            put(record, LEFT_OUT, "true");
        }
        return record;
    }

    /**
     * Returns the letter without what makes it large: with its reason, its origin and its trace only, and with its key if
     * that is small. Brokers that take samples take such a letter.
     */
    public DeadLetter reduced() {
        var small = new RecordHeaders();
        trace().ifPresent(context -> context.writeTo(small));
        return new DeadLetter(
                stage,
                reason,
                message,
                topic,
                partition,
                offset,
                key == null || key.length > LARGEST_KEY ? null : key,
                new byte[0],
                List.of(small.toArray()),
                false);
    }

    /** Returns whether a record of the topic is a dead letter; the others are marks of {@link DeadLetterReplay}. */
    public static boolean isOne(ConsumerRecord<byte[], byte[]> record) {
        return record.headers().lastHeader(STAGE) != null;
    }

    /**
     * Returns the dead letter of a record.
     *
     * @throws IllegalArgumentException when the record is not a dead letter
     */
    public static DeadLetter read(ConsumerRecord<byte[], byte[]> record) {
        return new DeadLetter(
                get(record, STAGE),
                Rejection.valueOf(get(record, REASON)),
                get(record, MESSAGE),
                get(record, TOPIC),
                Integer.parseInt(get(record, PARTITION)),
                Long.parseLong(get(record, OFFSET)),
                record.key(),
                record.value(),
                headersOf(record),
                record.headers().lastHeader(LEFT_OUT) == null);
    }

    private static List<Header> headersOf(ConsumerRecord<byte[], byte[]> record) {
        return StreamSupport.stream(record.headers().spliterator(), false)
                .filter(header -> !OWN.contains(header.key()))
                .toList();
    }

    private static void put(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static String get(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        if (header == null || header.value() == null) {
            throw new IllegalArgumentException("record " + record.offset() + " has no header " + name);
        }
        return new String(header.value(), StandardCharsets.UTF_8);
    }
}
