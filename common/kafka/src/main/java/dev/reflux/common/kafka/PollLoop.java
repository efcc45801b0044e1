package dev.reflux.common.kafka;

import dev.reflux.common.failure.Cause;
import dev.reflux.common.failure.UsageException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that owns one consumer and hands its records to a {@link RecordSink}.
 *
 * <ol>
 *   <li>Only the loop's thread uses the consumer.
 *   <li>At most {@code highWater} records and one poll's are in flight. Above that the partitions are paused; polling
 *       continues, so the group keeps its member.
 *   <li>The loop never commits what it has handed over: a transaction or a checkpoint of the caller does. It commits
 *       {@link #checkpointed} offsets only.
 *   <li>Partitions that have records are read in turn ({@link FairTurns}).
 *   <li>Records that retention removed before they were read are told to the sink, if the consumer's
 *       {@code auto.offset.reset} is {@code none} ({@link KafkaClients#streamConsumer}).
 *   <li>A failure ends the loop. It is logged once, given to {@link RecordSink#failed} and kept as {@link #failure()}.
 * </ol>
 *
 * All public methods may be called from any thread.
 */
public final class PollLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);
    private static final long PAUSED_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(15);
    /** Longer than a transaction that a killed process has left open. */
    private static final Duration COMMITTED_WITHIN = Duration.ofSeconds(30);

    private final String name;
    private final RecordSource source;
    private final PollSettings settings;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final BackPressure backPressure;
    private final CheckpointedOffsets checkpointed = new CheckpointedOffsets();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ReadLag readLag = new ReadLag();
    private final FairTurns turns = new FairTurns();
    private @Nullable AssignedPartitions partitions;
    private Set<TopicPartition> held = Set.of();
    private volatile Map<TopicPartition, Long> lag = Map.of();
    private volatile Instant lastTurn = Instant.now();
    private volatile @Nullable ConsumerGroupMetadata groupMetadata;
    private volatile boolean started;
    private volatile boolean stopping;

    /**
     * Creates a loop that does not poll yet.
     *
     * @param name name of the loop's thread
     * @param source topics or partitions to read
     * @param settings bounds and timeouts
     * @param consumer consumer that the loop owns from now on; {@link #close} closes it
     */
    public PollLoop(String name, RecordSource source, PollSettings settings, KafkaConsumer<byte[], byte[]> consumer) {
        this.name = name;
        this.source = source;
        this.settings = settings;
        this.consumer = consumer;
        this.backPressure = new BackPressure(settings);
    }

    /**
     * Starts to poll. May be called once.
     *
     * @param sink receiver of the records
     */
    public PollLoop start(RecordSink sink) {
        started = true;
        Thread thread = new Thread(() -> run(sink), name);
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    /** Returns why the loop failed; empty while it runs and after {@link #close}. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** Returns the end of the loop's last iteration, by which its liveness is measured. */
    public Instant lastTurn() {
        return lastTurn;
    }

    /** Returns the number of records whose receipts are open. */
    public int inFlight() {
        return backPressure.inFlight();
    }

    /** Returns whether any partition was assigned to this consumer at the last iteration. */
    public boolean assigned() {
        return !lag.isEmpty();
    }

    /**
     * Returns the group's generation as of the last iteration, for {@code sendOffsetsToTransaction}.
     *
     * @throws IllegalStateException before the first iteration
     */
    public ConsumerGroupMetadata groupMetadata() {
        return membership().orElseThrow(() -> new IllegalStateException("the loop has not polled yet"));
    }

    /** Returns the group's generation as of the last iteration; empty before the first one. */
    public Optional<ConsumerGroupMetadata> membership() {
        return Optional.ofNullable(groupMetadata);
    }

    /**
     * Returns the number of records between position and end of each assigned partition. The position is that of the last
     * iteration, the end at most a second older.
     */
    public Map<TopicPartition, Long> lag() {
        return lag;
    }

    /**
     * Hands over offsets that a checkpoint holds. The loop commits them within a second or at {@link #close}, so that
     * Kafka's own tools show the lag.
     *
     * @param nextOffsets next offset to read by partition
     */
    public void checkpointed(Map<TopicPartition, Long> nextOffsets) {
        checkpointed.set(nextOffsets);
    }

    /** Ends the loop, commits the last checkpointed offsets and closes the consumer. Waits 15 seconds at most. */
    @Override
    public void close() {
        stopping = true;
        if (!started) {
            consumer.close();
            return;
        }
        consumer.wakeup();
        try {
            if (!ended.await(CLOSE_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("{} did not end within {}", name, CLOSE_WITHIN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(RecordSink sink) {
        try {
            open(sink);
            while (!stopping) {
                turn(sink);
            }
        } catch (WakeupException e) {
            if (!stopping) {
                fail(sink, e);
            }
        } catch (RuntimeException | Error e) {
            fail(sink, e);
        } finally {
            shutDown();
            ended.countDown();
        }
    }

    private void open(RecordSink sink) {
        if (source instanceof RecordSource.Subscription subscription) {
            consumer.subscribe(subscription.topics(), new Rebalance(sink));
        } else if (source instanceof RecordSource.Assignment assignment) {
            partitions = new AssignedPartitions(assignment, sink);
        }
    }

    private void turn(RecordSink sink) {
        if (partitions != null) {
            partitions.assignNew(consumer);
            backPressure.keepPaused(consumer);
        }
        Map<TopicPartition, Integer> polled = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : poll(sink)) {
            polled.merge(new TopicPartition(record.topic(), record.partition()), 1, Integer::sum);
            sink.accept(record, backPressure.take());
        }
        Map<TopicPartition, Long> left = readLag.of(consumer);
        if (!backPressure.paused()) {
            held = turns.next(polled, left);
        }
        backPressure.apply(consumer, held);
        checkpointed.commitWhenDue(consumer);
        groupMetadata = consumer.groupMetadata();
        lag = left;
        lastTurn = Instant.now();
    }

    /**
     * While partitions are paused and their records are fetched already, a poll with a timeout spins until the timeout
     * instead of waiting. So the loop waits itself and polls without a timeout.
     */
    private Iterable<ConsumerRecord<byte[], byte[]>> poll(RecordSink sink) {
        try {
            if (!backPressure.paused()) {
                return consumer.poll(settings.pollTimeout());
            }
            LockSupport.parkNanos(PAUSED_WAIT_NANOS);
            return consumer.poll(Duration.ZERO);
        } catch (NoOffsetForPartitionException e) {
            e.partitions().forEach(partition -> StillAssigned.did(() -> consumer.seekToBeginning(List.of(partition))));
            return List.of();
        } catch (OffsetOutOfRangeException e) {
            RemovedRecords.skip(consumer, e, sink);
            return List.of();
        } catch (RetriableException e) {
            // A poll that fetches the committed offsets meets a broker that goes away.
            LOG.warn("{} could not poll, and polls again: {}", name, Cause.of(e));
            return List.of();
        }
    }

    private void shutDown() {
        try {
            if (failure.get() == null) {
                checkpointed.commitNow(consumer, settings.closeTimeout());
            }
        } catch (RuntimeException e) {
            LOG.warn("{} could not commit its last offsets: {}", name, e.getMessage());
        } finally {
            consumer.close(CloseOptions.timeout(settings.closeTimeout()));
        }
    }

    private void fail(RecordSink sink, Throwable cause) {
        failure.set(cause);
        if (cause instanceof UsageException) {
            LOG.error("{} ended: {}", name, cause.getMessage());
        } else {
            LOG.error("{} ended", name, cause);
        }
        sink.failed(cause);
    }

    private final class Rebalance implements ConsumerRebalanceListener {

        private final RecordSink sink;

        Rebalance(RecordSink sink) {
            this.sink = sink;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            groupMetadata = consumer.groupMetadata();
            backPressure.keepPaused(consumer);
            sink.committed(committed(partitions));
            sink.assigned(partitions);
        }

        private Map<TopicPartition, OffsetAndMetadata> committed(Collection<TopicPartition> partitions) {
            if (partitions.isEmpty()) {
                return Map.of();
            }
            Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>();
            try {
                consumer.committed(Set.copyOf(partitions), COMMITTED_WITHIN).forEach((partition, offset) -> {
                    if (offset != null) {
                        known.put(partition, offset);
                    }
                });
            } catch (RetriableException e) {
                LOG.warn("The committed offsets of {} are not known: {}", partitions, e.getMessage());
            }
            return known;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            sink.revoked(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            sink.lost(partitions);
        }
    }
}
