package dev.reflux.quickstart;

import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far the stream is, asked of the broker itself, so that a resumed run knows what an earlier one did. The frames'
 * topic has one partition here: a camera fleet of one laptop, and a run that can be repeated.
 */
final class Stream implements AutoCloseable {

    private static final TopicPartition FRAMES = new TopicPartition(Topics.FRAMES_LABELED, 0);
    private static final TopicPartition LETTERS = new TopicPartition(Topics.DEAD_LETTER, 0);
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Admin admin;

    Stream(KafkaSettings kafka) {
        this.consumer = KafkaClients.consumer(kafka, "quickstart", Map.of());
        this.admin = KafkaClients.admin(kafka);
    }

    /** Messages in the topic: frames, and labels that came later. */
    long pushed() {
        Long end = consumer.endOffsets(List.of(FRAMES)).get(FRAMES);
        return end == null ? 0 : end;
    }

    /** Messages that the teachers of a group have turned into samples or dead letters, for good. */
    long taught(String group) {
        try {
            OffsetAndMetadata committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(FRAMES);
            return committed == null ? 0 : committed.offset();
        } catch (ExecutionException e) {
            // The group is not there before its first member has joined.
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /** Dead letters so far, of every stage: different source records, so that one told twice counts once. */
    Collection<String> deadLetters() {
        java.util.Set<String> sources = new java.util.TreeSet<>();
        consumer.assign(List.of(LETTERS));
        consumer.seekToBeginning(List.of(LETTERS));
        long end = consumer.endOffsets(List.of(LETTERS)).getOrDefault(LETTERS, 0L);
        while (consumer.position(LETTERS) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (!dev.reflux.common.kafka.DeadLetter.isOne(record)) {
                    continue;
                }
                var letter = dev.reflux.common.kafka.DeadLetter.read(record);
                sources.add(letter.topic() + "-" + letter.partition() + "@" + letter.offset());
            }
        }
        return sources;
    }

    @Override
    public void close() {
        consumer.close();
        admin.close();
    }
}
