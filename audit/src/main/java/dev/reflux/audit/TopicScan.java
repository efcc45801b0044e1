package dev.reflux.audit;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads the committed records of a topic from its beginning to the end that it had at the start. */
final class TopicScan {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KafkaSettings kafka;
    private final BiConsumer<String, Long> progress;

    /** @param progress told the topic and the number of records read, after each poll */
    TopicScan(KafkaSettings kafka, BiConsumer<String, Long> progress) {
        this.kafka = kafka;
        this.progress = progress;
    }

    /** The offsets of a partition: the first one that is there, and the one after the last committed one. */
    record Bounds(long begin, long end) {}

    /**
     * Reads a topic, each partition in its order.
     *
     * @throws UsageException if no broker answers
     */
    Map<Integer, Bounds> read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(kafka, "reflux-audit", Map.of())) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            Map<Integer, Bounds> bounds = new TreeMap<>();
            Map<TopicPartition, Long> begin = consumer.beginningOffsets(partitions, PATIENCE);
            Map<TopicPartition, Long> end = consumer.endOffsets(partitions, PATIENCE);
            partitions.forEach(one ->
                    bounds.put(one.partition(), new Bounds(begin.getOrDefault(one, 0L), end.getOrDefault(one, 0L))));
            long read = 0;
            for (TopicPartition partition : partitions) {
                read = read(consumer, partition, end.getOrDefault(partition, 0L), each, read);
            }
            return bounds;
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            throw noAnswer(topic, e);
        }
    }

    private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<PartitionInfo> known = consumer.partitionsFor(topic, PATIENCE);
        if (known == null || known.isEmpty()) {
            throw new UsageException("At " + kafka.bootstrapServers() + " there is no topic " + topic + "; correct "
                    + kafka.setting() + ".");
        }
        return known.stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .sorted(Comparator.comparingInt(TopicPartition::partition))
                .toList();
    }

    private long read(
            KafkaConsumer<byte[], byte[]> consumer,
            TopicPartition partition,
            long end,
            Consumer<ConsumerRecord<byte[], byte[]>> each,
            long before) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long read = before;
        long moved = System.nanoTime();
        long position = -1;
        while (consumer.position(partition, PATIENCE) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < end) {
                    each.accept(record);
                    read++;
                }
            }
            long now = consumer.position(partition, PATIENCE);
            if (now != position) {
                position = now;
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved > PATIENCE.toNanos()) {
                throw noAnswer(partition.topic(), null);
            }
            progress.accept(partition.topic(), read);
        }
        return read;
    }

    private UsageException noAnswer(String topic, @Nullable Exception e) {
        String sentence = "The brokers at " + kafka.bootstrapServers() + " do not give the records of " + topic
                + "; check them, and audit again.";
        return e == null ? new UsageException(sentence) : new UsageException(sentence, e);
    }
}
