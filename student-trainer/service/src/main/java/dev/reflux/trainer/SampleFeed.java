package dev.reflux.trainer;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.PollLoop;
import dev.reflux.common.kafka.PollSettings;
import dev.reflux.common.kafka.RecordSink;
import dev.reflux.common.kafka.RecordSource;
import dev.reflux.common.kafka.Topics;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.ingest.DecodedSample;
import dev.reflux.trainer.ingest.SampleDecoder;
import dev.reflux.trainer.ingest.SampleReference;
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
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads the samples' topic from given offsets on: poll loop → decoding thread → queue.
 *
 * <ol>
 *   <li>Records of a partition arrive in their order, each once, decoded or with the reason of their rejection.
 *   <li>The number of polled records whose receipt is not signed is at most the high water and one poll; above the high
 *       water polling pauses, and it continues at half of it.
 *   <li>When the polling or the decoding thread fails, {@link #requireAlive} throws: no sample is lost silently.
 * </ol>
 *
 * One thread takes samples; all other methods may be called from any thread.
 */
final class SampleFeed implements AutoCloseable {

    /** The number of records of one poll, and so the number that may be in flight above the high water. */
    static final int MAX_POLL_RECORDS = 8;

    private final BlockingQueue<PolledSample> samples = new LinkedBlockingQueue<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final ExecutorService decoding;
    private final SampleDecoder decoder;
    private final SampleTopic topic;
    private final TrainerGauges gauges;
    private final PollLoop polling;

    /**
     * Creates a feed that does not poll yet.
     *
     * @param group the consumer group under which the offsets of checkpoints are committed, for lag metrics
     * @param highWater the number of records in flight at which polling pauses
     * @param nextOffsets the next offset of each partition; a partition that is absent is read from offset 0
     * @param decoder decodes the records, on the decoding thread
     * @param topic tells whether the offsets still mean the same topic
     */
    SampleFeed(
            KafkaSettings kafka,
            String group,
            int highWater,
            Map<Integer, Long> nextOffsets,
            SampleDecoder decoder,
            SampleTopic topic,
            TrainerGauges gauges) {
        this.decoder = decoder;
        this.topic = topic;
        this.gauges = gauges;
        this.polling = new PollLoop(
                "trainer-poll",
                new RecordSource.Assignment(Topics.DISTILLATION_SAMPLES, partitions(nextOffsets)),
                PollSettings.of(highWater),
                KafkaClients.streamConsumer(kafka, group, MAX_POLL_RECORDS));
        this.decoding = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "trainer-decode");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins to poll. */
    void start() {
        gauges.queue(samples::size, this::lag);
        polling.start(new RecordSink() {
            @Override
            public void accept(ConsumerRecord<byte[], byte[]> record, Receipt receipt) {
                decode(() -> decoded(record, receipt));
            }

            @Override
            public void removed(TopicPartition partition, long from, long to) {
                // On the same way as the records, so that it arrives behind those that were read before it.
                decode(() -> new PolledSample.Removed(new TrainerState.Gap(partition.partition(), from, to)));
            }
        });
    }

    private static Map<TopicPartition, Long> partitions(Map<Integer, Long> offsets) {
        Map<TopicPartition, Long> named = new HashMap<>();
        offsets.forEach(
                (partition, next) -> named.put(new TopicPartition(Topics.DISTILLATION_SAMPLES, partition), next));
        return named;
    }

    private void decode(Supplier<PolledSample> decoder) {
        decoding.execute(() -> {
            try {
                samples.add(decoder.get());
            } catch (RuntimeException | Error e) {
                failure.set(e);
            }
        });
    }

    private PolledSample decoded(ConsumerRecord<byte[], byte[]> record, RecordSink.Receipt receipt) {
        long start = System.nanoTime();
        try {
            DecodedSample decoded =
                    decoder.identify(new SampleReference(record.partition(), record.offset()), record.value());
            return new PolledSample.Decoded(record, receipt, decoded);
        } catch (RejectedFrameException e) {
            return new PolledSample.Rejected(record, receipt, e);
        } finally {
            gauges.stage("decode", (System.nanoTime() - start) / 1e6);
        }
    }

    /** Returns the next sample; null if none arrives in time. */
    @Nullable
    PolledSample next(Duration within) throws InterruptedException {
        return samples.poll(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Commits the offsets of a checkpoint, for lag metrics only.
     *
     * @param nextOffsets the next offset of each partition
     */
    void checkpointed(Map<Integer, Long> nextOffsets) {
        polling.checkpointed(partitions(nextOffsets));
    }

    /** Returns the number of samples up to the end of the topic that have not had their effect, as of the last poll. */
    long lag() {
        return polling.lag().values().stream().mapToLong(Long::longValue).sum() + polling.inFlight();
    }

    /** Returns the number of polled samples that have not had their effect. */
    int inFlight() {
        return polling.inFlight();
    }

    Instant lastTurn() {
        return polling.lastTurn();
    }

    boolean assigned() {
        return polling.assigned();
    }

    /**
     * @throws UsageException if the log is not the one that was read before
     * @throws IllegalStateException if the polling or the decoding thread has failed
     */
    void requireAlive() {
        topic.requireSame();
        Throwable cause = polling.failure().orElse(failure.get());
        if (cause instanceof UsageException told) {
            throw told;
        }
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
