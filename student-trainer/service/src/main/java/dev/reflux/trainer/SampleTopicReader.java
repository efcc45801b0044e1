package dev.reflux.trainer;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.trainer.ingest.SampleDecoder;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads samples again from the topic by partition and offset, each partition once and forwards. Samples that retention has
 * removed are left out, with one warning. The training thread only.
 */
final class SampleTopicReader implements SampleReader {

    private static final Logger LOG = LoggerFactory.getLogger(SampleTopicReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int EMPTY_POLLS = 20;

    private final KafkaSettings kafka;
    private final String topic;
    private final SampleDecoder decoder;

    SampleTopicReader(KafkaSettings kafka, String topic, SampleDecoder decoder) {
        this.kafka = kafka;
        this.topic = topic;
        this.decoder = decoder;
    }

    @Override
    public List<TrainingSample> read(List<SampleReference> references) {
        Map<Integer, TreeSet<Long>> wanted = new HashMap<>();
        references.forEach(one ->
                wanted.computeIfAbsent(one.partition(), p -> new TreeSet<>()).add(one.offset()));
        Map<SampleReference, TrainingSample> found = new HashMap<>();
        if (!wanted.isEmpty()) {
            try (KafkaConsumer<byte[], byte[]> consumer =
                    KafkaClients.consumer(kafka, "reflux-trainer-refill", Map.of())) {
                wanted.forEach((partition, offsets) -> read(consumer, partition, offsets, found));
            }
        }
        List<TrainingSample> samples = new ArrayList<>();
        references.stream().filter(found::containsKey).map(found::get).forEach(samples::add);
        if (samples.size() < references.size()) {
            LOG.warn(
                    "{} of {} replayed or held-out samples of the checkpoint are no longer in topic {}",
                    references.size() - samples.size(),
                    references.size(),
                    topic);
        }
        return samples;
    }

    private void read(
            KafkaConsumer<byte[], byte[]> consumer,
            int number,
            TreeSet<Long> offsets,
            Map<SampleReference, TrainingSample> found) {
        TopicPartition partition = new TopicPartition(topic, number);
        consumer.assign(Set.of(partition));
        consumer.seek(partition, offsets.first());
        int empty = 0;
        while (consumer.position(partition) <= offsets.last() && empty < EMPTY_POLLS) {
            List<ConsumerRecord<byte[], byte[]>> records = consumer.poll(POLL).records(partition);
            empty = records.isEmpty() ? empty + 1 : 0;
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (offsets.contains(record.offset())) {
                    keep(record, found);
                }
            }
        }
    }

    private void keep(ConsumerRecord<byte[], byte[]> record, Map<SampleReference, TrainingSample> found) {
        try {
            TrainingSample sample =
                    decoder.decode(new SampleReference(record.partition(), record.offset()), record.value());
            found.put(sample.reference(), sample);
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
