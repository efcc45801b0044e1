package dev.reflux.fleet.wanted;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.Cause;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.WantedLabel;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the frames that the trainer of a model wants labels for.
 *
 * <ol>
 *   <li>Of each window and rank, the last record counts: what a trainer has written twice is listed once.
 *   <li>A record that cannot be read is passed over, with a line of the log.
 *   <li>Nothing is committed: every reader reads everything that retention has left.
 * </ol>
 *
 * Blocks on the brokers. One thread.
 */
public final class WantedList {

    private static final Logger LOG = LoggerFactory.getLogger(WantedList.class);
    private static final String GROUP = "reflux-wanted";
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TopicPartition WANTED = new TopicPartition(Topics.LABELS_WANTED, 0);

    private final KafkaSettings kafka;

    /** Creates a reader, which connects when it is used. */
    public WantedList(KafkaSettings kafka) {
        this.kafka = kafka;
    }

    /**
     * Which wanted labels are meant.
     *
     * @param model the name of the model whose trainer wants them
     * @param since the earliest time at which the broker took them; empty: any
     * @param limit the largest number of them; 0: no limit
     */
    public record Filter(String model, Optional<Instant> since, long limit) {

        private boolean takes(ConsumerRecord<byte[], byte[]> record, WantedLabel label) {
            return label.getModelName().equals(model)
                    && since.filter(earliest ->
                                    Instant.ofEpochMilli(record.timestamp()).isBefore(earliest))
                            .isEmpty();
        }
    }

    private record Place(long window, int rank) {

        private static final Comparator<WantedLabel> NEWEST_FIRST =
                Comparator.comparingLong(WantedLabel::getWindow).reversed().thenComparingInt(WantedLabel::getRank);

        private static Place of(WantedLabel label) {
            return new Place(label.getWindow(), label.getRank());
        }
    }

    /**
     * Returns the wanted labels: those of the newest window first, the best of a window first.
     *
     * @throws UsageException if no broker answers, or the topic does not exist
     */
    public List<WantedLabel> read(Filter filter) {
        Topics.require(kafka, List.of(Topics.LABELS_WANTED), Duration.ZERO);
        Map<Place, WantedLabel> last = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(kafka, GROUP, Map.of())) {
            scan(consumer, filter, last);
        } catch (KafkaException e) {
            throw new UsageException(
                    "The wanted labels at " + kafka.bootstrapServers() + " cannot be read: " + Cause.of(e) + ".", e);
        }
        return last.values().stream()
                .sorted(Place.NEWEST_FIRST)
                .limit(filter.limit() == 0 ? Long.MAX_VALUE : filter.limit())
                .toList();
    }

    /** Reads the topic from its beginning up to its present end. */
    private void scan(KafkaConsumer<byte[], byte[]> consumer, Filter filter, Map<Place, WantedLabel> last) {
        consumer.assign(List.of(WANTED));
        consumer.seekToBeginning(List.of(WANTED));
        long end = consumer.endOffsets(List.of(WANTED)).getOrDefault(WANTED, 0L);
        long silentSince = System.nanoTime();
        while (consumer.position(WANTED) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                silentSince = System.nanoTime();
                label(record)
                        .filter(label -> filter.takes(record, label))
                        .ifPresent(label -> last.put(Place.of(label), label));
            }
            if (System.nanoTime() - silentSince > PATIENCE.toNanos()) {
                throw new UsageException("The broker at " + kafka.bootstrapServers() + " gives no record of "
                        + Topics.LABELS_WANTED + " for " + PATIENCE.toSeconds() + " s; try again when it answers.");
            }
        }
    }

    private static Optional<WantedLabel> label(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Optional.of(MessageCodec.wanted(record.value() == null ? new byte[0] : record.value()));
        } catch (RejectedFrameException e) {
            LOG.warn("Record {} of {} is passed over: {}", record.offset(), Topics.LABELS_WANTED, e.getMessage());
            return Optional.empty();
        }
    }
}
