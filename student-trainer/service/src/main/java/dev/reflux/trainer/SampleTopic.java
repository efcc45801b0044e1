package dev.reflux.trainer;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the brokers know of the samples' topic besides its records: its id, which tells a topic from one that was made anew
 * under its name, and where its partitions begin. {@link #watch} looks at the id on a thread of its own; all methods may be
 * called from any thread.
 */
final class SampleTopic implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SampleTopic.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
    private static final String METADATA_AGE = "metadata.max.age.ms";

    private final KafkaSettings kafka;
    private final String name;
    private final Admin admin;
    private final ScheduledExecutorService watching;
    private final AtomicReference<@Nullable String> madeAnew = new AtomicReference<>();

    private SampleTopic(KafkaSettings kafka, String name) {
        this.kafka = kafka;
        this.name = name;
        this.admin = KafkaClients.admin(kafka);
        this.watching = Executors.newSingleThreadScheduledExecutor(run -> {
            Thread thread = new Thread(run, "trainer-topic");
            thread.setDaemon(true);
            return thread;
        });
    }

    static SampleTopic open(KafkaSettings kafka, String name) {
        return new SampleTopic(kafka, name);
    }

    /** Returns the id that the brokers gave the topic when it was made. */
    String id() {
        return described().topicId().toString();
    }

    /** Returns the first offset of each partition that the brokers still have. */
    Map<Integer, Long> beginnings() {
        Map<TopicPartition, OffsetSpec> earliest = described().partitions().stream()
                .collect(Collectors.toMap(
                        partition -> new TopicPartition(name, partition.partition()), p -> OffsetSpec.earliest()));
        Map<TopicPartition, ListOffsetsResultInfo> found =
                ask(admin.listOffsets(earliest).all());
        Map<Integer, Long> beginnings = new TreeMap<>();
        found.forEach((partition, info) -> beginnings.put(partition.partition(), info.offset()));
        return beginnings;
    }

    /** Returns whether a consumer group has committed offsets of the topic. */
    boolean hasOffsetsOf(String group) {
        return ask(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).entrySet().stream()
                .anyMatch(entry -> entry.getKey().topic().equals(name) && entry.getValue() != null);
    }

    private TopicDescription described() {
        return Objects.requireNonNull(
                ask(admin.describeTopics(List.of(name)).allTopicNames()).get(name), name);
    }

    /** Looks from now on whether the topic still has an id. A broker that does not answer is asked again later. */
    void watch(String id) {
        long every = Math.min(
                LOOK_EVERY.toMillis(),
                Long.parseLong(kafka.properties().getOrDefault(METADATA_AGE, String.valueOf(LOOK_EVERY.toMillis()))));
        watching.scheduleWithFixedDelay(() -> look(id), every, Math.max(1, every), TimeUnit.MILLISECONDS);
    }

    private void look(String id) {
        try {
            String now = id();
            if (!now.equals(id)) {
                madeAnew.compareAndSet(null, now);
            }
        } catch (RuntimeException e) {
            LOG.debug("The id of topic {} is not known: {}", name, e.getMessage());
        }
    }

    /** @throws UsageException if the topic was made anew since {@link #watch} was called */
    void requireSame() {
        String now = madeAnew.get();
        if (now != null) {
            throw new UsageException("Topic " + name + " was deleted and made anew while it was read; start the trainer"
                    + " again with trainer.checkpoint.new-topic=" + now + " to read the new one from its beginning.");
        }
    }

    private <T> T ask(KafkaFuture<T> answer) {
        try {
            return answer.get(ANSWER_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UsageException(
                    "The brokers at " + kafka.bootstrapServers() + " do not describe topic " + name + " ("
                            + cause.getMessage() + "); start again once they answer, or correct " + kafka.setting()
                            + ".",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while looking at topic " + name, e);
        }
    }

    @Override
    public void close() {
        watching.shutdownNow();
        admin.close(Duration.ofSeconds(5));
    }
}
