package dev.reflux.common.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that owns one consumer. Records go to a sink; receipts come back, from any thread and in any order.
 *
 * <ol>
 *   <li>The consumer is touched by the loop's thread only.
 *   <li>At most {@code highWater} records plus one poll's are in flight; above that the partitions are paused, and
 *       polling goes on so that the group keeps its member.
 *   <li>Only the contiguous finished prefix of a partition is committed; on revocation what is under way is drained and
 *       committed first, on loss nothing is.
 *   <li>A failure ends the loop, is logged once and is told by {@link #failure()}.
 * </ol>
 */
public final class PollLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);
    private static final long PAUSED_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long COMMIT_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(15);

    /** Where the records come from. */
    public sealed interface Source {

        /** As a member of the consumer's group: partitions come and go. */
        record Subscription(List<String> topics) implements Source {}

        /** All partitions of a topic, each from a given offset on, or from its beginning where none is given. */
        record Assignment(String topic, Map<TopicPartition, Long> nextOffsets) implements Source {}
    }

    /**
     * @param source where the records come from
     * @param highWater records in flight at which the partitions are paused
     * @param lowWater records in flight at which they are resumed, under highWater
     * @param pollTimeout how long one poll waits
     * @param drainTimeout how long a revocation waits for what is under way
     * @param commits whether the loop commits what is finished; false where a transaction or a checkpoint does
     */
    public record Settings(
            Source source, int highWater, int lowWater, Duration pollTimeout, Duration drainTimeout, boolean commits) {

        public Settings {
            if (lowWater < 0 || highWater <= lowWater) {
                throw new IllegalArgumentException("highWater " + highWater + " must be above lowWater " + lowWater);
            }
        }

        /** A poll of 100 ms, a drain of 5 s, half the high water as low water. */
        public static Settings of(Source source, int highWater, boolean commits) {
            return new Settings(
                    source, highWater, highWater / 2, Duration.ofMillis(100), Duration.ofSeconds(5), commits);
        }
    }

    /** Takes the records. All methods are called on the loop's thread and must not block. */
    public interface RecordSink {

        void accept(ConsumerRecord<byte[], byte[]> record, Receipt receipt);

        /** Partitions were given to this consumer. */
        default void assigned(Collection<TopicPartition> partitions) {}

        /** Partitions are about to be taken away: hurry what is under way. */
        default void revoked(Collection<TopicPartition> partitions) {}

        /** Partitions are gone already: what is under way of them is somebody else's now. */
        default void lost(Collection<TopicPartition> partitions) {}

        /** The loop has ended by itself. Called once, after the last record. */
        default void failed(Throwable cause) {}
    }

    /** Says that a record needs this consumer no more. */
    public interface Receipt {

        /** To be called exactly once, from any thread. */
        void done();
    }

    private record Finished(TopicPartition partition, long offset, OffsetTracker tracker) {}

    private final Settings settings;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String name;
    private final Map<TopicPartition, OffsetTracker> trackers = new HashMap<>();
    private final Queue<Finished> finished = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicReference<@Nullable Map<TopicPartition, Long>> checkpointed = new AtomicReference<>();
    private final Map<TopicPartition, Long> lag = new ConcurrentHashMap<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Instant lastTurn = Instant.now();
    private volatile @Nullable ConsumerGroupMetadata groupMetadata;
    private volatile boolean started;
    private volatile boolean stopping;
    private boolean paused;
    private long lastCommit = System.nanoTime();

    /**
     * Creates a loop that does not poll yet.
     *
     * @param name the name of the loop's thread
     * @param consumer owned by the loop from now on: {@link #close} closes it
     */
    public PollLoop(String name, Settings settings, KafkaConsumer<byte[], byte[]> consumer) {
        this.name = name;
        this.settings = settings;
        this.consumer = consumer;
    }

    /**
     * Starts to poll. May be called once.
     *
     * @param sink the receiver of the records
     */
    public PollLoop start(RecordSink sink) {
        started = true;
        Thread thread = new Thread(() -> run(sink), name);
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    /** Why the loop ended by itself, if it did. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** When the loop last came round: the measure of its liveness. */
    public Instant lastTurn() {
        return lastTurn;
    }

    public int inFlight() {
        return inFlight.get();
    }

    /** Whether partitions are assigned; an empty assignment of a member that waits for its share is not. */
    public boolean assigned() {
        return !lag.isEmpty();
    }

    /** The group's generation as of the last turn, for {@code sendOffsetsToTransaction}. */
    public ConsumerGroupMetadata groupMetadata() {
        ConsumerGroupMetadata snapshot = groupMetadata;
        if (snapshot == null) {
            throw new IllegalStateException("the loop has not turned yet");
        }
        return snapshot;
    }

    /** Records behind the end of each assigned partition, as of the last turn. */
    public Map<TopicPartition, Long> lag() {
        return Map.copyOf(lag);
    }

    /** Next offsets that are safe elsewhere; the loop commits them when it comes round, for lag metrics only. */
    public void checkpointed(Map<TopicPartition, Long> nextOffsets) {
        checkpointed.set(Map.copyOf(nextOffsets));
    }

    /** Drains what is under way, commits, closes the consumer. Waits for all that, 15 seconds at most. */
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
        if (settings.source() instanceof Source.Subscription subscription) {
            consumer.subscribe(subscription.topics(), new Rebalance(sink));
        } else if (settings.source() instanceof Source.Assignment assignment) {
            List<TopicPartition> partitions = consumer.partitionsFor(assignment.topic()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            assignment.nextOffsets().forEach(consumer::seek);
            sink.assigned(partitions);
        }
    }

    private void turn(RecordSink sink) {
        // While partitions are paused and records of theirs are fetched already, a poll with a timeout spins until that
        // is
        // over instead of waiting: two cores were lost to it. So it does not wait, and the loop does.
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(paused ? Duration.ZERO : settings.pollTimeout())) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            OffsetTracker tracker = trackers.computeIfAbsent(partition, p -> new OffsetTracker());
            tracker.begin(record.offset());
            inFlight.incrementAndGet();
            sink.accept(record, () -> finished.add(new Finished(partition, record.offset(), tracker)));
        }
        collectFinished();
        applyBackPressure();
        if (System.nanoTime() - lastCommit > COMMIT_EVERY_NANOS) {
            commit(false);
        }
        groupMetadata = consumer.groupMetadata();
        consumer.assignment().forEach(p -> lag.put(p, consumer.currentLag(p).orElse(0)));
        lastTurn = Instant.now();
        if (paused) {
            LockSupport.parkNanos(PAUSED_WAIT_NANOS);
        }
    }

    private void collectFinished() {
        for (Finished one; (one = finished.poll()) != null; ) {
            inFlight.decrementAndGet();
            // A partition that left and came back has a new tracker: the old one's records are not ours to commit.
            if (trackers.get(one.partition()) == one.tracker()) {
                one.tracker().finish(one.offset());
            }
        }
    }

    private void applyBackPressure() {
        if (!paused && inFlight.get() >= settings.highWater()) {
            paused = true;
        } else if (paused && inFlight.get() <= settings.lowWater()) {
            paused = false;
            consumer.resume(consumer.paused());
        }
        if (paused) {
            consumer.pause(consumer.assignment());
        }
    }

    private void commit(boolean waiting) {
        lastCommit = System.nanoTime();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        if (settings.commits()) {
            trackers.forEach((partition, tracker) -> {
                OptionalLong next = tracker.takeCommit();
                next.ifPresent(offset -> offsets.put(partition, new OffsetAndMetadata(offset)));
            });
        }
        Map<TopicPartition, Long> safe = checkpointed.getAndSet(null);
        if (safe != null) {
            safe.forEach((partition, next) -> offsets.put(partition, new OffsetAndMetadata(next)));
        }
        if (offsets.isEmpty()) {
            return;
        }
        if (waiting) {
            consumer.commitSync(offsets, settings.drainTimeout());
        } else {
            consumer.commitAsync(offsets, (done, error) -> {
                if (error != null && !(error instanceof RebalanceInProgressException)) {
                    LOG.warn("offsets {} could not be committed: {}", done, error.getMessage());
                }
            });
        }
    }

    /** Waits until nothing of the given partitions is under way; they are committed as far as that goes. */
    private void drain(Collection<TopicPartition> partitions) {
        long deadline = System.nanoTime() + settings.drainTimeout().toNanos();
        while (!idle(partitions) && System.nanoTime() < deadline) {
            collectFinished();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        collectFinished();
    }

    private boolean idle(Collection<TopicPartition> partitions) {
        return partitions.stream().map(trackers::get).allMatch(tracker -> tracker == null || tracker.idle());
    }

    private void shutDown() {
        try {
            if (failure.get() == null) {
                if (settings.commits()) {
                    drain(trackers.keySet().stream().collect(Collectors.toSet()));
                }
                commit(true);
            }
        } catch (RuntimeException e) {
            LOG.warn("{} could not commit its last offsets: {}", name, e.getMessage());
        } finally {
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(settings.drainTimeout()));
        }
    }

    private void fail(RecordSink sink, Throwable cause) {
        failure.set(cause);
        LOG.error("{} ended", name, cause);
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
            if (paused) {
                // Pausing is forgotten for partitions that come anew.
                consumer.pause(consumer.assignment());
            }
            sink.assigned(partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            sink.revoked(partitions);
            if (settings.commits()) {
                drain(partitions);
                commit(true);
            }
            forget(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            sink.lost(partitions);
            forget(partitions);
        }

        private void forget(Collection<TopicPartition> partitions) {
            trackers.keySet().removeAll(partitions);
            lag.keySet().removeAll(partitions);
        }
    }
}
