package dev.reflux.common.kafka;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.trace.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A refused record with its origin and the reason.
 *
 * @param stage stage that refused the record, such as "teacher.ingest"
 * @param reason reason from the closed set
 * @param message what is wrong with the record, in one sentence
 * @param topic topic of the record
 * @param partition partition of the record
 * @param offset offset of the record
 * @param key key of the record, or null
 * @param value value of the record
 * @param trace trace of the record, where it has a valid one
 */
public record DeadLetter(
        String stage,
        Rejection reason,
        String message,
        String topic,
        int partition,
        long offset,
        byte @Nullable [] key,
        byte[] value,
        Optional<TraceContext> trace) {

    private static final String STAGE = "reflux.stage";
    private static final String REASON = "reflux.reason";
    private static final String MESSAGE = "reflux.message";
    private static final String TOPIC = "reflux.source.topic";
    private static final String PARTITION = "reflux.source.partition";
    private static final String OFFSET = "reflux.source.offset";

    /** Returns the dead letter of a record that a stage refuses. */
    public static DeadLetter of(ConsumerRecord<byte[], byte[]> source, String stage, RejectedFrameException why) {
        return new DeadLetter(
                stage,
                why.reason(),
                Optional.ofNullable(why.getMessage()).orElse(why.reason().name()),
                source.topic(),
                source.partition(),
                source.offset(),
                source.key(),
                source.value() == null ? new byte[0] : source.value(),
                TraceContext.of(source.headers()));
    }

    /** Returns the record to send, within the caller's transaction where there is one. */
    public ProducerRecord<byte[], byte[]> toRecord() {
        var record = new ProducerRecord<>(Topics.DEAD_LETTER, key, value);
        put(record, STAGE, stage);
        put(record, REASON, reason.name());
        put(record, MESSAGE, message);
        put(record, TOPIC, topic);
        put(record, PARTITION, String.valueOf(partition));
        put(record, OFFSET, String.valueOf(offset));
        trace.ifPresent(context -> context.writeTo(record.headers()));
        return record;
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
                TraceContext.of(record.headers()));
    }

    private static void put(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static String get(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        if (header == null) {
            throw new IllegalArgumentException("record " + record.offset() + " has no header " + name);
        }
        return new String(header.value(), StandardCharsets.UTF_8);
    }
}
