package dev.reflux.fleet.announce;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.Cause;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.StudentVersionPublished;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the versions of a model line by the announcements of its trainer.
 *
 * <ol>
 *   <li>The newest version at the beginning is reported first.
 *   <li>Of several versions that appear at once, only the newest is reported; none is reported twice.
 *   <li>No failure of the brokers ends it.
 * </ol>
 *
 * An announcement says that a version was published, not where an alias points. One {@link #follow} at a time.
 */
public final class KafkaVersionFollower {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaVersionFollower.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final TopicPartition PUBLISHED = new TopicPartition(Topics.STUDENTS_PUBLISHED, 0);

    private final KafkaSettings kafka;
    private final String model;
    private long reported;

    /** Creates a follower, which connects when {@link #follow} is called. */
    public KafkaVersionFollower(KafkaSettings kafka, String model) {
        this.kafka = kafka;
        this.model = model;
    }

    /**
     * Reports versions until the receiver returns false or the thread is interrupted.
     *
     * @param receiver takes the number of a version; false ends the call
     */
    public void follow(LongPredicate receiver) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (!read(receiver)) {
                    return;
                }
            } catch (InterruptException e) {
                // It has set the flag of the thread again.
                return;
            } catch (KafkaException e) {
                LOG.warn(
                        "The announcements at {} cannot be read ({}); it is tried again every {} s.",
                        kafka.bootstrapServers(),
                        Cause.of(e),
                        PAUSE.toSeconds());
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** Returns false when the receiver has enough, true when the thread is interrupted. */
    private boolean read(LongPredicate receiver) {
        try (var consumer = KafkaClients.consumer(kafka, "reflux-watch", Map.of("group.protocol", "classic"))) {
            consumer.assign(List.of(PUBLISHED));
            consumer.seekToBeginning(List.of(PUBLISHED));
            long newest = 0;
            while (!Thread.currentThread().isInterrupted()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    newest = Math.max(newest, versionOf(record));
                }
                // The topic keeps old announcements: the newest version is known at its end only.
                if (newest > reported && consumer.currentLag(PUBLISHED).orElse(1) == 0) {
                    reported = newest;
                    if (!receiver.test(newest)) {
                        return false;
                    }
                }
            }
            return true;
        }
    }

    private long versionOf(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return 0;
        }
        try {
            StudentVersionPublished published = MessageCodec.published(record.value());
            return published.getModelName().equals(model) ? published.getVersion() : 0;
        } catch (RejectedFrameException e) {
            LOG.warn("A record of {} is skipped: {}", Topics.STUDENTS_PUBLISHED, e.getMessage());
            return 0;
        }
    }
}
