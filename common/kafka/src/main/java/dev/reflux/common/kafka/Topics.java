package dev.reflux.common.kafka;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.Cause;
import dev.reflux.common.failure.UsageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names and configuration of the five topics. Any thread; methods that ask the brokers block. */
public final class Topics {

    /** LabeledFrame, keyed by camera. */
    public static final String FRAMES_LABELED = "frames.labeled";
    /** DistillationSample, keyed by camera. */
    public static final String DISTILLATION_SAMPLES = "distillation.samples";
    /** Refused records as they came, with headers that say why. */
    public static final String DEAD_LETTER = "frames.dead-letter";
    /** StudentVersionPublished, keyed by model name; compacted. */
    public static final String STUDENTS_PUBLISHED = "students.published";
    /** WantedLabel, keyed by model name. */
    public static final String LABELS_WANTED = "labels.wanted";

    /** All topics in the direction of the data. */
    public static final List<String> ALL =
            List.of(FRAMES_LABELED, DISTILLATION_SAMPLES, DEAD_LETTER, STUDENTS_PUBLISHED, LABELS_WANTED);

    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);
    private static final int WAIT_SECONDS = 20;
    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String MAX_MESSAGE_BYTES_KEY = "max.message.bytes";
    private static final String CLEANUP_POLICY_KEY = "cleanup.policy";
    private static final String RETENTION_KEY = "retention.ms";
    private static final String COMPACT = "compact";
    private static final String TIMESTAMP_TYPE_KEY = "message.timestamp.type";
    private static final String BROKERS_CLOCK = "LogAppendTime";
    private static final String MAX_MESSAGE_BYTES = String.valueOf(MessageCodec.MAX_RECORD_BYTES + (1 << 20));

    private Topics() {}

    /**
     * Configuration of topics that are created.
     *
     * @param partitions partitions of the topics of frames and samples, which bound the number of teachers that share work
     * @param replication copies of each partition
     * @param retention retention of frames and samples in milliseconds; -1: unlimited
     */
    public record Plan(int partitions, short replication, long retention) {

        public Plan {
            if (partitions < 1 || replication < 1) {
                throw new UsageException("Topics need at least one partition and one replica; correct the plan.");
            }
        }
    }

    /**
     * Creates the topics that do not exist. Existing topics stay as they are, but for one thing: the time of a record is the
     * broker's. With the time of a vehicle whose clock is wrong, retention would delete new frames or keep old ones.
     *
     * @throws UsageException when the brokers cannot be reached or refuse
     */
    public static void ensure(KafkaSettings kafka, Plan plan) {
        try (Admin admin = KafkaClients.admin(kafka)) {
            for (NewTopic topic : wanted(plan)) {
                ensure(admin, topic, kafka);
            }
            correctClocks(admin, kafka);
        }
    }

    private static void correctClocks(Admin admin, KafkaSettings kafka) {
        Map<ConfigResource, Collection<AlterConfigOp>> corrections = new HashMap<>();
        try {
            ask(admin.describeConfigs(resources(ALL)).all(), "describe its topics", kafka)
                    .forEach((topic, config) -> {
                        if (vehiclesClock(config)) {
                            corrections.put(
                                    topic,
                                    List.of(new AlterConfigOp(
                                            new ConfigEntry(TIMESTAMP_TYPE_KEY, BROKERS_CLOCK),
                                            AlterConfigOp.OpType.SET)));
                        }
                    });
            if (!corrections.isEmpty()) {
                ask(admin.incrementalAlterConfigs(corrections).all(), "set " + TIMESTAMP_TYPE_KEY, kafka);
                LOG.info(
                        "The records of {} have the time of the broker from now on.",
                        corrections.keySet().stream().map(ConfigResource::name).toList());
            }
        } catch (UsageException e) {
            LOG.warn(
                    "The {} of the topics is not corrected to {}: {}",
                    TIMESTAMP_TYPE_KEY,
                    BROKERS_CLOCK,
                    e.getMessage());
        }
    }

    private static boolean vehiclesClock(Config config) {
        ConfigEntry type = config.get(TIMESTAMP_TYPE_KEY);
        return type != null && !type.value().equals(BROKERS_CLOCK);
    }

    private static List<ConfigResource> resources(List<String> names) {
        return names.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
    }

    /**
     * Waits for topics, logging once which are missing, and checks their configuration: the topics of frames and samples
     * must accept records of the largest size of a message, and must not be compacted.
     *
     * @param kafka address and properties of the brokers
     * @param names names out of {@link #ALL}
     * @param patience longest wait for missing topics
     * @throws UsageException when a topic stays missing, accepts small records only or is compacted against its purpose, or
     *     when no broker answers
     */
    public static void require(KafkaSettings kafka, List<String> names, Duration patience) {
        try (Admin admin = KafkaClients.admin(kafka)) {
            long deadline = System.nanoTime() + patience.toNanos();
            boolean told = false;
            for (List<String> missing = missing(admin, names, kafka);
                    !missing.isEmpty();
                    missing = missing(admin, names, kafka)) {
                String sentence = "At " + kafka.bootstrapServers() + " there is no topic " + String.join(", ", missing)
                        + "; make it with \"reflux topics\".";
                if (System.nanoTime() > deadline) {
                    throw new UsageException(sentence);
                }
                if (!told) {
                    LOG.warn("{} Waiting up to {} s.", sentence, patience.toSeconds());
                    told = true;
                }
                LockSupport.parkNanos(LOOK_EVERY_NANOS);
            }
            requireConfiguration(admin, names, kafka);
        }
    }

    /**
     * Returns Kafka's id of a topic, which differs after the topic was deleted and made again; empty when the brokers do not
     * tell it.
     */
    public static Optional<String> id(Admin admin, String topic) {
        try {
            return Optional.of(admin.describeTopics(List.of(topic))
                            .topicNameValues()
                            .values()
                            .iterator()
                            .next()
                            .get(WAIT_SECONDS, TimeUnit.SECONDS))
                    .map(description -> description.topicId().toString());
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The id of topic {} is not known: {}", topic, e.getMessage());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static List<String> missing(Admin admin, List<String> names, KafkaSettings kafka) {
        Set<String> there = ask(admin.listTopics().names(), "list its topics", kafka);
        return names.stream().filter(name -> !there.contains(name)).toList();
    }

    private static void requireConfiguration(Admin admin, List<String> names, KafkaSettings kafka) {
        Map<ConfigResource, Config> configs;
        try {
            configs = ask(admin.describeConfigs(resources(names)).all(), "describe its topics", kafka);
        } catch (UsageException e) {
            if (e.getCause() instanceof ExecutionException denied
                    && denied.getCause() instanceof AuthorizationException) {
                LOG.warn("The configuration of the topics cannot be checked: {}", e.getMessage());
                return;
            }
            throw e;
        }
        configs.forEach((resource, config) -> {
            String topic = "Topic " + resource.name() + " at " + kafka.bootstrapServers();
            adviseClock(topic, config);
            if (resource.name().equals(STUDENTS_PUBLISHED)) {
                adviseCompaction(topic, config);
            } else if (resource.name().equals(LABELS_WANTED)) {
                requireAll(topic, config);
            } else {
                requireSize(topic, config);
                requireAll(topic, config);
            }
        });
    }

    private static void requireSize(String topic, Config config) {
        ConfigEntry limit = config.get(MAX_MESSAGE_BYTES_KEY);
        if (limit != null && Long.parseLong(limit.value()) < Long.parseLong(MAX_MESSAGE_BYTES)) {
            throw new UsageException(topic + " takes records of " + limit.value()
                    + " bytes at most, and a frame or a sample may have " + MAX_MESSAGE_BYTES + "; set its "
                    + MAX_MESSAGE_BYTES_KEY + " to that.");
        }
    }

    private static void requireAll(String topic, Config config) {
        if (compacted(config)) {
            throw new UsageException(
                    topic + " is compacted, so only the newest record of each key would be kept; set its "
                            + CLEANUP_POLICY_KEY + " to delete.");
        }
    }

    /** Only warns: a reader that misses an announcement finds the version in the registry. */
    private static void adviseCompaction(String topic, Config config) {
        if (!compacted(config)) {
            LOG.warn(
                    "{} is not compacted, so a late reader may miss the newest student; set its {} to compact.",
                    topic,
                    CLEANUP_POLICY_KEY);
        }
    }

    private static void adviseClock(String topic, Config config) {
        if (vehiclesClock(config)) {
            LOG.warn(
                    "{} takes the time of a record from its sender, so retention goes by the clocks of vehicles; run"
                            + " \"reflux topics\", which sets its {} to {}.",
                    topic,
                    TIMESTAMP_TYPE_KEY,
                    BROKERS_CLOCK);
        }
    }

    private static boolean compacted(Config config) {
        ConfigEntry policy = config.get(CLEANUP_POLICY_KEY);
        return policy != null && policy.value().contains(COMPACT);
    }

    private static <T> T ask(KafkaFuture<T> answer, String what, KafkaSettings kafka) {
        try {
            return answer.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof org.apache.kafka.common.errors.TimeoutException) {
                throw noBroker(kafka, e);
            }
            throw new UsageException(
                    "The broker at " + kafka.bootstrapServers() + " refuses to " + what + ": " + Cause.of(cause), e);
        } catch (TimeoutException e) {
            throw noBroker(kafka, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while looking at topics", e);
        }
    }

    private static UsageException noBroker(KafkaSettings kafka, Throwable cause) {
        return new UsageException(
                "No Kafka broker answers at " + kafka.bootstrapServers() + "; start one or correct " + kafka.setting()
                        + ".",
                cause);
    }

    private static void ensure(Admin admin, NewTopic topic, KafkaSettings kafka) {
        try {
            admin.createTopics(List.of(topic)).all().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (!(cause instanceof TopicExistsException)) {
                throw new UsageException(
                        "Topic " + topic.name() + " cannot be made at " + kafka.bootstrapServers() + ": "
                                + Cause.of(cause),
                        e);
            }
        } catch (TimeoutException e) {
            throw noBroker(kafka, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while making topics", e);
        }
    }

    /** Returns the topics as they are created, in the order of {@link #ALL}. */
    public static List<NewTopic> wanted(Plan plan) {
        String retention = String.valueOf(plan.retention());
        Map<String, String> stream = streamConfig(retention);
        List<NewTopic> topics = new ArrayList<>();
        for (String name : List.of(FRAMES_LABELED, DISTILLATION_SAMPLES)) {
            topics.add(new NewTopic(name, plan.partitions(), plan.replication()).configs(stream));
        }
        topics.add(new NewTopic(DEAD_LETTER, 1, plan.replication()).configs(streamConfig("-1")));
        topics.add(new NewTopic(STUDENTS_PUBLISHED, 1, plan.replication())
                .configs(Map.of(CLEANUP_POLICY_KEY, COMPACT, TIMESTAMP_TYPE_KEY, BROKERS_CLOCK)));
        topics.add(new NewTopic(LABELS_WANTED, 1, plan.replication())
                .configs(Map.of(RETENTION_KEY, retention, TIMESTAMP_TYPE_KEY, BROKERS_CLOCK)));
        return topics;
    }

    private static Map<String, String> streamConfig(String retention) {
        return Map.of(
                MAX_MESSAGE_BYTES_KEY, MAX_MESSAGE_BYTES, RETENTION_KEY, retention, TIMESTAMP_TYPE_KEY, BROKERS_CLOCK);
    }
}
