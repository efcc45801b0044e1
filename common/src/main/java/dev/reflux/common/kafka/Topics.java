package dev.reflux.common.kafka;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The four topics of the path. */
public final class Topics {

    /** LabeledFrame, keyed by camera. */
    public static final String FRAMES_LABELED = "frames.labeled";
    /** DistillationSample, keyed by camera. */
    public static final String DISTILLATION_SAMPLES = "distillation.samples";
    /** Refused records as they came, with headers that say why. */
    public static final String DEAD_LETTER = "frames.dead-letter";
    /** StudentVersionPublished, keyed by model name; compacted. */
    public static final String STUDENTS_PUBLISHED = "students.published";

    /** In the order in which a frame meets them. */
    public static final List<String> ALL =
            List.of(FRAMES_LABELED, DISTILLATION_SAMPLES, DEAD_LETTER, STUDENTS_PUBLISHED);

    /** Asked of the client itself, so that closing it waits for nothing either. */
    private static final int WAIT_MILLIS = 20_000;

    private static final String MAX_MESSAGE_BYTES = String.valueOf(MessageCodec.MAX_RECORD_BYTES + (1 << 20));

    private Topics() {}

    /**
     * How the topics are made where they are absent.
     *
     * @param partitions of the frames' and the samples' topic: the most teachers that can share the work
     * @param replication copies of each partition
     * @param retention how long frames and samples are kept, milliseconds; -1: for ever
     */
    public record Plan(int partitions, short replication, long retention) {

        public Plan {
            if (partitions < 1 || replication < 1) {
                throw new UsageException("Topics need at least one partition and one replica; correct the plan.");
            }
        }
    }

    /**
     * Makes the topics that are absent; those that are there stay as they are.
     *
     * @throws UsageException when the brokers cannot be reached or refuse
     */
    public static void ensure(KafkaSettings kafka, Plan plan) {
        try (Admin admin = KafkaClients.admin(kafka)) {
            for (NewTopic topic : wanted(plan)) {
                ensure(admin, topic, kafka);
            }
        }
    }

    /**
     * Makes sure, before anything is started on them, that topics are there.
     *
     * @throws UsageException when the brokers cannot be reached or lack one
     */
    public static void require(KafkaSettings kafka, List<String> topics) {
        try (Admin admin = KafkaClients.admin(kafka)) {
            admin.describeTopics(topics, new DescribeTopicsOptions().timeoutMs(WAIT_MILLIS))
                    .allTopicNames()
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw noAnswer(kafka, e);
            }
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new UsageException(
                        "Of the topics " + String.join(", ", topics) + " not all are there at "
                                + kafka.bootstrapServers() + "; make them with \"reflux topics\".",
                        e);
            }
            throw new UsageException(
                    "The brokers at " + kafka.bootstrapServers() + " do not tell of their topics: "
                            + (e.getCause() == null ? e : e.getCause()).getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while looking at topics", e);
        }
    }

    private static UsageException noAnswer(KafkaSettings kafka, ExecutionException e) {
        return new UsageException(
                "No Kafka broker answers at " + kafka.bootstrapServers() + " within " + WAIT_MILLIS / 1000
                        + " seconds; start one or correct the address.",
                e);
    }

    private static void ensure(Admin admin, NewTopic topic, KafkaSettings kafka) {
        try {
            admin.createTopics(List.of(topic), new CreateTopicsOptions().timeoutMs(WAIT_MILLIS))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof TimeoutException) {
                throw noAnswer(kafka, e);
            }
            if (!(cause instanceof TopicExistsException)) {
                throw new UsageException(
                        "Topic " + topic.name() + " cannot be made at " + kafka.bootstrapServers() + ": "
                                + cause.getMessage(),
                        e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while making topics", e);
        }
    }

    private static List<NewTopic> wanted(Plan plan) {
        String retention = String.valueOf(plan.retention());
        Map<String, String> stream = Map.of("max.message.bytes", MAX_MESSAGE_BYTES, "retention.ms", retention);
        List<NewTopic> topics = new ArrayList<>();
        for (String name : List.of(FRAMES_LABELED, DISTILLATION_SAMPLES)) {
            topics.add(new NewTopic(name, plan.partitions(), plan.replication()).configs(stream));
        }
        topics.add(new NewTopic(DEAD_LETTER, 1, plan.replication())
                .configs(Map.of("max.message.bytes", MAX_MESSAGE_BYTES, "retention.ms", "-1")));
        topics.add(
                new NewTopic(STUDENTS_PUBLISHED, 1, plan.replication()).configs(Map.of("cleanup.policy", "compact")));
        return topics;
    }
}
