package dev.reflux.fleet.watch;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.StudentVersionPublished;
import dev.reflux.registry.ModelRegistry;
import dev.reflux.registry.StudentVersion;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of new versions of a model until it is told to stop.
 *
 * <ol>
 *   <li>The newest version there is when the watch begins is told first.
 *   <li>Of several that appear at once, the newest is told; none is told twice in a row.
 * </ol>
 */
public final class StudentWatch {

    private static final Logger LOG = LoggerFactory.getLogger(StudentWatch.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final TopicPartition PUBLISHED = new TopicPartition(Topics.STUDENTS_PUBLISHED, 0);

    private StudentWatch() {}

    /**
     * Hears of versions as they are published. Blocks until the taker has had enough or the thread is interrupted.
     *
     * @param taker receives a version's number; false ends the watch
     */
    public static void overKafka(KafkaSettings kafka, String model, LongPredicate taker) {
        try (var consumer = KafkaClients.consumer(kafka, "reflux-watch", Map.of("group.protocol", "classic"))) {
            consumer.assign(List.of(PUBLISHED));
            consumer.seekToBeginning(List.of(PUBLISHED));
            long told = 0;
            long newest = 0;
            while (!Thread.currentThread().isInterrupted()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    newest = Math.max(newest, versionOf(record, model));
                }
                // The topic remembers old versions: only where it ends is the newest one known.
                if (newest > told && consumer.currentLag(PUBLISHED).orElse(1) == 0) {
                    told = newest;
                    if (!taker.test(newest)) {
                        return;
                    }
                }
            }
        }
    }

    private static long versionOf(ConsumerRecord<byte[], byte[]> record, String model) {
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

    /**
     * Asks the registry where an alias points, again and again. Blocks until the taker has had enough or the thread is
     * interrupted.
     *
     * @param taker receives a version's number; false ends the watch
     */
    public static void overRegistry(
            ModelRegistry registry, String model, String alias, Duration every, LongPredicate taker) {
        long told = 0;
        while (!Thread.currentThread().isInterrupted()) {
            Optional<StudentVersion> version = registry.resolve(model, alias);
            if (version.isPresent() && version.get().version() != told) {
                told = version.get().version();
                if (!taker.test(told)) {
                    return;
                }
            }
            LockSupport.parkNanos(every.toNanos());
        }
    }
}
