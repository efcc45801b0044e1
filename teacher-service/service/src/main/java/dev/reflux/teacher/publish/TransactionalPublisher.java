package dev.reflux.teacher.publish;

import dev.reflux.common.failure.Rejection;
import dev.reflux.teacher.pipeline.PartitionOwnership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consume, transform, produce: a batch's samples, its dead letters and its offsets are committed together or not at all.
 *
 * <ol>
 *   <li>When {@link #publish} returns, every record of the batch is committed exactly once, or belongs to another
 *       consumer by now and was not published by this one.
 *   <li>The group's membership is read <em>before</em> ownership of the partitions is checked. If a partition moves after
 *       the check, the membership that goes with the offsets is stale and the broker refuses the whole transaction.
 *   <li>A refused transaction is aborted and tried again with the records that are still ours.
 *   <li>A record that the broker finds too large becomes a dead letter; the rest of its batch is not touched.
 *   <li>A producer that is fenced, or refused for too long, throws {@link PublishFailedException}: the process ends, and
 *       the next one begins at the committed offsets.
 * </ol>
 *
 * <p>One thread owns it; {@link #close} may come from any.
 */
final class TransactionalPublisher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TransactionalPublisher.class);
    private static final int MAX_ATTEMPTS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;

    private final Producer<byte[], byte[]> producer;
    private final PartitionOwnership ownership;
    private final Supplier<ConsumerGroupMetadata> membership;
    private final UnaryOperator<Outgoing> tooLarge;
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * @param producer with a transactional id, its transactions initialised; closed with this
     * @param membership the consumer's membership in its group, as of its latest poll
     * @param tooLarge what is sent instead of a record that the broker will not take
     */
    TransactionalPublisher(
            Producer<byte[], byte[]> producer,
            PartitionOwnership ownership,
            Supplier<ConsumerGroupMetadata> membership,
            UnaryOperator<Outgoing> tooLarge) {
        this.producer = producer;
        this.ownership = ownership;
        this.membership = membership;
        this.tooLarge = tooLarge;
    }

    /**
     * Publishes a batch and waits for its commit.
     *
     * @param batch the records in the order in which they were polled, beginning where the previous batch ended
     * @throws PublishFailedException when the service cannot go on
     */
    CommittedBatch publish(List<Outgoing> batch) {
        List<Outgoing> pending = new ArrayList<>(batch);
        for (int attempt = 1; ; attempt++) {
            ConsumerGroupMetadata member = membership.get();
            pending.removeIf(outgoing -> !ownership.holds(outgoing.ticket()));
            if (pending.isEmpty()) {
                return new CommittedBatch(0, List.of(), batch.size(), 0, attempt);
            }
            if (!isMember(member)) {
                LOG.info("Not a member of group {} right now; waiting", member.groupId());
                pause(attempt);
                continue;
            }
            List<Future<RecordMetadata>> sent = new ArrayList<>(pending.size());
            try {
                transact(pending, member, sent);
                return committed(pending, batch.size() - pending.size(), attempt);
            } catch (InterruptException e) {
                throw new PublishFailedException("The teacher was stopped in the middle of a transaction.", e);
            } catch (ProducerFencedException e) {
                throw fenced(e);
            } catch (AuthorizationException | UnsupportedVersionException | OutOfOrderSequenceException e) {
                throw new PublishFailedException("The broker refuses the teacher's transactions: " + e.getMessage(), e);
            } catch (KafkaException e) {
                if (attempt >= MAX_ATTEMPTS) {
                    throw new PublishFailedException(
                            "A batch could not be committed in " + attempt + " attempts: " + e.getMessage(), e);
                }
                LOG.warn("Transaction of {} records refused, trying again: {}", pending.size(), e.toString());
                abort();
                replaceTooLarge(pending, sent);
                pause(attempt);
            }
        }
    }

    private void transact(List<Outgoing> batch, ConsumerGroupMetadata member, List<Future<RecordMetadata>> sent) {
        producer.beginTransaction();
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        for (Outgoing outgoing : batch) {
            sent.add(producer.send(outgoing.record()));
            long offset = outgoing.ticket().record().offset() + 1;
            next.merge(
                    outgoing.ticket().partition(),
                    new OffsetAndMetadata(offset),
                    (a, b) -> a.offset() >= b.offset() ? a : b);
        }
        producer.sendOffsetsToTransaction(next, member);
        commit();
    }

    /** A commit whose answer is late is asked for again: that is allowed, and the only thing that is. */
    private void commit() {
        for (int attempt = 1; ; attempt++) {
            try {
                producer.commitTransaction();
                return;
            } catch (TimeoutException e) {
                if (attempt >= MAX_ATTEMPTS) {
                    throw new PublishFailedException(
                            "The broker did not say whether a transaction was committed; a restart finds out.", e);
                }
                LOG.warn("Commit is late, asking again: {}", e.toString());
            }
        }
    }

    /**
     * Without a membership the broker would take the offsets of anybody. That happens between being put out of the group
     * and joining it again.
     */
    private static boolean isMember(ConsumerGroupMetadata member) {
        return member.generationId() >= 0 && !member.memberId().isEmpty();
    }

    private void abort() {
        try {
            producer.abortTransaction();
        } catch (ProducerFencedException e) {
            throw fenced(e);
        } catch (KafkaException e) {
            throw new PublishFailedException("A transaction could not be aborted: " + e.getMessage(), e);
        }
    }

    private static PublishFailedException fenced(ProducerFencedException e) {
        return new PublishFailedException(
                "Another teacher with the same transactional id has taken over; give each one its own.", e);
    }

    private void replaceTooLarge(List<Outgoing> pending, List<Future<RecordMetadata>> sent) {
        for (int i = 0; i < sent.size(); i++) {
            if (failure(sent.get(i)) instanceof RecordTooLargeException) {
                pending.set(i, tooLarge.apply(pending.get(i)));
            }
        }
    }

    private static @Nullable Throwable failure(Future<RecordMetadata> future) {
        if (!future.isDone()) {
            return null;
        }
        try {
            future.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private void pause(int attempt) {
        long millis = Math.min(LONGEST_PAUSE_MILLIS, 20L << Math.min(attempt, 10));
        try {
            if (closing.await(millis, TimeUnit.MILLISECONDS)) {
                throw new PublishFailedException(
                        "The teacher was stopped between two attempts.", new InterruptException("closed"));
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static CommittedBatch committed(List<Outgoing> batch, int dropped, int attempts) {
        List<Rejection> rejections = new ArrayList<>();
        long bytes = 0;
        for (Outgoing outgoing : batch) {
            Rejection rejection = outgoing.rejection();
            if (rejection == null) {
                bytes += outgoing.bytes();
            } else {
                rejections.add(rejection);
            }
        }
        return new CommittedBatch(batch.size() - rejections.size(), rejections, dropped, bytes, attempts);
    }

    /** Ends a pause between attempts; an open transaction is aborted by the producer. */
    @Override
    public void close() {
        closing.countDown();
        producer.close(Duration.ofSeconds(5));
    }
}
