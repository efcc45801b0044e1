package dev.reflux.trainer;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.trainer.ingest.SampleDecoder;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads samples again from the topic by partition and offset, each partition once and forwards.
 *
 * <ol>
 *   <li>A sample is gone if its offset is before the beginning of its partition, or behind its end. The broker tells both;
 *       how long it takes to answer tells nothing. Samples that are gone are left out, with one warning.
 *   <li>While no broker answers, the reader waits, and says so once. After its patience it gives up with a sentence; the
 *       checkpoint is not changed then.
 * </ol>
 *
 * The training thread only.
 */
final class SampleTopicReader implements SampleReader {

    private static final Logger LOG = LoggerFactory.getLogger(SampleTopicReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration REPORT_AFTER = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final KafkaSettings kafka;
    private final String topic;
    private final SampleDecoder decoder;
    private final Duration poll;
    private final Duration patience;

    SampleTopicReader(KafkaSettings kafka, String topic, SampleDecoder decoder) {
        this(kafka, topic, decoder, POLL, PATIENCE);
    }

    /**
     * Creates a reader.
     *
     * @param poll the longest wait of one question to the brokers
     * @param patience the longest time without a record or an answer
     */
    SampleTopicReader(KafkaSettings kafka, String topic, SampleDecoder decoder, Duration poll, Duration patience) {
        this.kafka = kafka;
        this.topic = topic;
        this.decoder = decoder;
        this.poll = poll;
        this.patience = patience;
    }

    @Override
    public List<TrainingSample> read(List<SampleReference> references, long mostBytes) {
        Map<Integer, TreeSet<Long>> wanted = new HashMap<>();
        references.forEach(one ->
                wanted.computeIfAbsent(one.partition(), p -> new TreeSet<>()).add(one.offset()));
        FoundSamples found = new FoundSamples(references, mostBytes);
        if (!wanted.isEmpty()) {
            try (KafkaConsumer<byte[], byte[]> consumer =
                    KafkaClients.consumer(kafka, "reflux-trainer-refill", Map.of())) {
                wanted.forEach((partition, offsets) -> read(consumer, partition, offsets, found));
            }
        }
        if (found.count() < references.size()) {
            LOG.warn(
                    "{} of {} replayed or held-out samples of the checkpoint are no longer in topic {}",
                    references.size() - found.count(),
                    references.size(),
                    topic);
        }
        return found.samples();
    }

    private void read(KafkaConsumer<byte[], byte[]> consumer, int number, TreeSet<Long> offsets, FoundSamples found) {
        TopicPartition partition = new TopicPartition(topic, number);
        Outage outage = new Outage();
        Bounds bounds = bounds(consumer, partition, outage);
        Long first = offsets.ceiling(bounds.beginning());
        Long last = offsets.lower(bounds.end());
        if (first == null || last == null || first > last) {
            return;
        }
        consumer.assign(Set.of(partition));
        consumer.seek(partition, first);
        outage.over();
        while (position(consumer, partition, outage) <= last) {
            List<ConsumerRecord<byte[], byte[]>> records = consumer.poll(poll).records(partition);
            if (records.isEmpty()) {
                outage.goesOn();
            } else {
                outage.over();
            }
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (offsets.contains(record.offset())) {
                    keep(record, found);
                }
            }
        }
    }

    /** The offsets that a partition has: from the first one, and up to the one before its end. */
    private record Bounds(long beginning, long end) {}

    private Bounds bounds(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, Outage outage) {
        while (true) {
            try {
                Set<TopicPartition> one = Set.of(partition);
                return new Bounds(
                        consumer.beginningOffsets(one, poll).getOrDefault(partition, 0L),
                        consumer.endOffsets(one, poll).getOrDefault(partition, 0L));
            } catch (TimeoutException e) {
                outage.goesOn();
            }
        }
    }

    private long position(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, Outage outage) {
        while (true) {
            try {
                return consumer.position(partition, poll);
            } catch (TimeoutException e) {
                outage.goesOn();
            }
        }
    }

    /** The time since the last sign of the brokers. */
    private final class Outage {

        private long since = System.nanoTime();
        private boolean told;

        void over() {
            since = System.nanoTime();
        }

        void goesOn() {
            Duration silent = Duration.ofNanos(System.nanoTime() - since);
            if (silent.compareTo(patience) > 0) {
                throw new UsageException("The samples of the checkpoint cannot be read again from topic " + topic
                        + ": the broker at " + kafka.bootstrapServers() + " has given none for " + silent.toSeconds()
                        + " s; start the trainer again when it answers. The checkpoint is unchanged.");
            }
            if (!told && silent.compareTo(REPORT_AFTER) > 0) {
                told = true;
                LOG.warn(
                        "Waiting for the broker at {} to give the samples of the checkpoint again, up to {} s.",
                        kafka.bootstrapServers(),
                        patience.toSeconds());
            }
        }
    }

    private void keep(ConsumerRecord<byte[], byte[]> record, FoundSamples found) {
        try {
            found.add(decoder.decode(new SampleReference(record.partition(), record.offset()), record.value()));
        } catch (RejectedFrameException e) {
            // The sample was valid when it was first read; the label schema's file may have changed since.
            LOG.warn(
                    "The sample of the checkpoint at partition {} offset {} can no longer be read: {}",
                    record.partition(),
                    record.offset(),
                    e.getMessage());
        }
    }
}
