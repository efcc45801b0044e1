package dev.reflux.trainer;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.PollLoop;
import dev.reflux.common.kafka.Topics;
import dev.reflux.trainer.ingest.SampleDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The samples' topic from given offsets on: poll loop → decoding thread → queue.
 *
 * <ol>
 *   <li>Records of a partition arrive in their order, each once, decoded or with the reason why not.
 *   <li>What has arrived and is not done is at most the high water and one poll; above the high water polling pauses,
 *       and it goes on at half of it.
 *   <li>A thread of its own that ends is told by {@link #requireAlive}: nothing is lost in silence.
 * </ol>
 *
 * One thread takes; the rest may be asked by any.
 */
final class SampleFeed implements AutoCloseable {

    /** Records a poll: what may be in flight above the high water. */
    static final int MAX_POLL_RECORDS = 8;

    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final ExecutorService decoding;
    private final SampleDecoder decoder;
    private final TrainerGauges gauges;
    private final PollLoop polling;

    private SampleFeed(
            KafkaSettings kafka,
            String group,
            int highWater,
            Map<TopicPartition, Long> from,
            SampleDecoder decoder,
            TrainerGauges gauges) {
        this.decoder = decoder;
        this.gauges = gauges;
        this.polling = new PollLoop(
                "trainer-poll",
                PollLoop.Settings.of(
                        new PollLoop.Source.Assignment(Topics.DISTILLATION_SAMPLES, from), highWater, false),
                KafkaClients.consumer(kafka, group, Map.of("max.poll.records", MAX_POLL_RECORDS)));
        this.decoding = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "trainer-decode");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * @param highWater records in flight at which polling pauses
     * @param nextOffsets by partition; one that is not named is read from its beginning
     */
    static SampleFeed open(
            KafkaSettings kafka,
            String group,
            int highWater,
            Map<Integer, Long> nextOffsets,
            SampleDecoder decoder,
            TrainerGauges gauges) {
        SampleFeed feed = new SampleFeed(kafka, group, highWater, partitions(nextOffsets), decoder, gauges);
        gauges.queue(feed.arrivals::size, feed::lag);
        feed.polling.start(feed::decode);
        return feed;
    }

    private static Map<TopicPartition, Long> partitions(Map<Integer, Long> offsets) {
        Map<TopicPartition, Long> named = new HashMap<>();
        offsets.forEach(
                (partition, next) -> named.put(new TopicPartition(Topics.DISTILLATION_SAMPLES, partition), next));
        return named;
    }

    private void decode(ConsumerRecord<byte[], byte[]> record, PollLoop.Receipt receipt) {
        decoding.execute(() -> {
            try {
                arrivals.add(decoded(record, receipt));
            } catch (RuntimeException | Error e) {
                failure.set(e);
            }
        });
    }

    private Arrival decoded(ConsumerRecord<byte[], byte[]> record, PollLoop.Receipt receipt) {
        long start = System.nanoTime();
        try {
            return new Arrival.Decoded(record, receipt, decoder.decode(record));
        } catch (RejectedFrameException e) {
            return new Arrival.Refused(record, receipt, e);
        } finally {
            gauges.stage("decode", (System.nanoTime() - start) / 1e6);
        }
    }

    /** The next arrival, or null when none comes in time. */
    @Nullable
    Arrival next(Duration within) throws InterruptedException {
        return arrivals.poll(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Offsets that a checkpoint holds: Kafka is told, so that lag can be watched. */
    void checkpointed(Map<Integer, Long> nextOffsets) {
        polling.checkpointed(partitions(nextOffsets));
    }

    /** Samples behind the end of the topic, as of the last poll. */
    long lag() {
        return polling.lag().values().stream().mapToLong(Long::longValue).sum() + polling.inFlight();
    }

    /** Samples that have been polled and are not done. */
    int inFlight() {
        return polling.inFlight();
    }

    Instant lastTurn() {
        return polling.lastTurn();
    }

    boolean assigned() {
        return polling.assigned();
    }

    /** @throws IllegalStateException when polling or decoding has ended by itself */
    void requireAlive() {
        Throwable cause = polling.failure().orElse(failure.get());
        if (cause != null) {
            throw new IllegalStateException("samples can no longer be read: " + cause.getMessage(), cause);
        }
    }

    @Override
    public void close() {
        polling.close();
        decoding.shutdownNow();
    }
}
