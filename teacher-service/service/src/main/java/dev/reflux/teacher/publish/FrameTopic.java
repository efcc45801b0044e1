package dev.reflux.teacher.publish;

import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.FrameSource;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Says where in the log a frame is. A topic that is deleted and made again begins at offset 0 anew; its id tells the two
 * apart. The id is asked for again after each assignment of partitions, which such a change causes.
 *
 * <p>Thread-safe; {@link #of} blocks for the first record after an assignment.
 */
public final class FrameTopic implements AutoCloseable {

    private final Admin admin;
    private final AtomicReference<@Nullable String> id = new AtomicReference<>();

    private FrameTopic(Admin admin) {
        this.admin = admin;
    }

    /** Connects to the brokers. */
    public static FrameTopic open(KafkaSettings kafka) {
        return new FrameTopic(KafkaClients.admin(kafka));
    }

    /** Asks for the id again when it is needed next. */
    public void assigned() {
        id.set(null);
    }

    /** Returns the place of a record. */
    public FrameSource of(ConsumerRecord<?, ?> record) {
        String known = id.get();
        if (known == null) {
            known = Topics.id(admin, record.topic()).orElse("");
            id.set(known);
        }
        return FrameSource.newBuilder()
                .setTopic(record.topic())
                .setTopicId(known)
                .setPartition(record.partition())
                .setOffset(record.offset())
                .build();
    }

    @Override
    public void close() {
        admin.close();
    }
}
