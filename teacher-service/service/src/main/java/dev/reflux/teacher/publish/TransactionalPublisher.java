package dev.reflux.teacher.publish;

import dev.reflux.common.failure.Rejection;
import dev.reflux.teacher.pipeline.PartitionOwnership;
import dev.reflux.teacher.pipeline.Ticket;
import dev.reflux.teacher.suspect.OffsetMark;
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
 * Commits the samples, the dead letters and the offsets of a batch in one transaction.
 *
 * <ol>
 *   <li>When {@link #publish} returns, every record of the batch either is committed exactly once, or belongs to another
 *       consumer and was not published by this one.
 *   <li>The membership in the group is read <em>before</em> the ownership of the partitions is checked. If a partition moves
 *       after the check, the membership is stale, and the broker refuses the whole transaction.
 *   <li>A refused transaction is aborted and repeated with the records whose partitions are still owned.
 *   <li>A record that is too large for the broker becomes a dead letter; the other records of its batch do not change.
 *   <li>If the producer is fenced, or refused for too long, {@link PublishFailedException} is thrown. The process then ends,
 *       and the next one begins at the committed offsets.
 * </ol>
 *
 * <p>Threading: one owner thread; {@link #close} may be called from any thread.
 */
final class TransactionalPublisher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TransactionalPublisher.class);
    /** With the pauses between them, the attempts last about half a minute. */
    private static final int MAX_ATTEMPTS = 20;

    private static final long LONGEST_PAUSE_MILLIS = 2_000;
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Producer<byte[], byte[]> producer;
    private final PartitionOwnership ownership;
    private final Supplier<ConsumerGroupMetadata> membership;
    private final UnaryOperator<Outgoing> tooLarge;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Map<TopicPartition, Committed> committed = new HashMap<>();

    /**
     * The last offset that was committed here.
     *
     * @param ownership the number of the assignment under which it was
     * @param next the offset
     */
    private record Committed(long ownership, long next) {}

    /**
     * @param producer transactional, with its transactions initialized; closed with this object
     * @param membership the membership of the consumer in its group, as of its last poll
     * @param tooLarge the replacement of a record that is too large for the broker
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
                LOG.info("The consumer is not a member of group {} at the moment; the batch waits", member.groupId());
                pause(attempt);
                continue;
            }
            List<Future<RecordMetadata>> sent = new ArrayList<>(pending.size());
            try {
                transact(pending, member, sent);
                return committed(pending, batch.size() - pending.size(), attempt);
            } catch (InterruptException e) {
                throw new PublishFailedException("The teacher was stopped during a transaction.", e);
            } catch (ProducerFencedException e) {
                throw fenced(e);
            } catch (AuthorizationException | UnsupportedVersionException | OutOfOrderSequenceException e) {
                throw new PublishFailedException("The broker refuses the teacher's transactions: " + e.getMessage(), e);
            } catch (KafkaException e) {
                if (attempt >= MAX_ATTEMPTS) {
                    throw new PublishFailedException(
                            "A batch could not be committed in " + attempt + " attempts: " + e.getMessage(), e);
                }
                LOG.warn("A transaction of {} records was refused and is repeated: {}", pending.size(), e.toString());
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
            if (outgoing.record() != null) {
                sent.add(producer.send(outgoing.record()));
            }
            next.merge(outgoing.ticket().partition(), outgoing.next(), (a, b) -> a.offset() >= b.offset() ? a : b);
        }
        producer.sendOffsetsToTransaction(next, member);
        commit();
        for (Outgoing outgoing : batch) {
            TopicPartition partition = outgoing.ticket().partition();
            OffsetAndMetadata offset = next.get(partition);
            if (offset != null) {
                committed.put(partition, new Committed(outgoing.ticket().ownership(), offset.offset()));
            }
        }
    }

    /**
     * Marks the offset of a record, which so counts as not worked on.
     *
     * @return false, and nothing is committed, if the partition belongs to another consumer
     * @throws PublishFailedException when the service cannot go on
     */
    boolean mark(Ticket ticket, OffsetMark mark) {
        return publish(List.of(Outgoing.mark(ticket, mark))).dropped() == 0;
    }

    /**
     * Marks partitions as left in good order. Nothing happens to a partition that was assigned again meanwhile, and nothing at
     * all if the broker refuses: the next teacher is only more careful then.
     *
     * @param member the membership, read before the ownership
     * @param held the numbers of the assignments of the partitions that were owned
     */
    void leave(ConsumerGroupMetadata member, Map<TopicPartition, Long> held) {
        Map<TopicPartition, OffsetAndMetadata> left = new HashMap<>();
        committed.forEach((partition, last) -> {
            if (Long.valueOf(last.ownership()).equals(held.get(partition))) {
                left.put(partition, new OffsetAndMetadata(last.next(), OffsetMark.LEFT.metadata()));
            }
        });
        if (left.isEmpty() || !isMember(member)) {
            return;
        }
        try {
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(left, member);
            producer.commitTransaction();
        } catch (KafkaException | IllegalStateException e) {
            LOG.info("The partitions could not be marked as left in good order: {}", e.toString());
        }
    }

    /** Repeats a commit whose answer is late. Kafka allows nothing else in this state. */
    private void commit() {
        for (int attempt = 1; ; attempt++) {
            try {
                producer.commitTransaction();
                return;
            } catch (TimeoutException e) {
                if (attempt >= MAX_ATTEMPTS) {
                    throw new PublishFailedException(
                            "The broker did not answer whether a transaction was committed; restart the teacher.", e);
                }
                LOG.warn("The answer to a commit is late, and the commit is repeated: {}", e.toString());
            }
        }
    }

    /**
     * Returns whether the consumer is a member of its group. It is not while it has left the group and not joined it again; then
     * the broker would accept offsets without checking the generation.
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
                "Another teacher with the same transactional id has taken over; set teacher.kafka.transactional-id to a different value"
                        + " for each.",
                e);
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

    /** Ends a pause between attempts and closes the producer, which aborts an open transaction. */
    @Override
    public void close() {
        closing.countDown();
        producer.close(CLOSE_WITHIN);
    }
}
