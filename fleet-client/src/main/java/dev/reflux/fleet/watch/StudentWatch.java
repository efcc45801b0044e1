package dev.reflux.fleet.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.StudentVersionPublished;
import dev.reflux.registry.ModelRegistry;
import dev.reflux.registry.StudentVersion;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final int OK = 200;
    private static final int NOTHING_NEW = 304;
    private static final int REFUSED = 401;
    private static final int FORBIDDEN = 403;

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

    /**
     * Waits at a registry's HTTP API until an alias moves, again and again. Blocks until the taker has had enough or the
     * thread is interrupted. While the API is away it is asked again after a pause.
     *
     * @param api such as https://registry:8443
     * @param token of a reader
     * @param taker receives a version's number; false ends the watch
     */
    public static void overHttp(URI api, String token, String model, String alias, LongPredicate taker) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(LONGEST_WAIT)
                .build();
        long known = 0;
        long told = 0;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(api.resolve("/v1/models/" + model + "/aliases/" + alias + "?after="
                                        + known + "&wait=" + LONGEST_WAIT.toSeconds()))
                                .timeout(LONGEST_WAIT.multipliedBy(2))
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == REFUSED || answer.statusCode() == FORBIDDEN) {
                    throw new UsageException("The registry at " + api + " does not know the token; check it.");
                }
                if (answer.statusCode() == OK) {
                    JsonNode change = JSON.readTree(answer.body());
                    known = change.path("number").asLong();
                    if (change.path("version").asLong() != told) {
                        told = change.path("version").asLong();
                        if (!taker.test(told)) {
                            return;
                        }
                    }
                } else if (answer.statusCode() != NOTHING_NEW) {
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            } catch (IOException e) {
                LOG.info("The registry at {} is away ({}).", api, e.getMessage());
                LockSupport.parkNanos(PAUSE.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
