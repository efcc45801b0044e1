package dev.reflux.teacher.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.teacher.pipeline.PartitionOwnership;
import dev.reflux.teacher.pipeline.Ticket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Errors that a broker gives once in a month, by Kafka's own producer for tests. */
class TransactionalPublisherTest {

    private static final TopicPartition LEFT = new TopicPartition("frames.labeled", 0);
    private static final TopicPartition RIGHT = new TopicPartition("frames.labeled", 1);
    private static final ConsumerGroupMetadata MEMBER =
            new ConsumerGroupMetadata("group", 3, "member", Optional.empty());

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final PartitionOwnership ownership = new PartitionOwnership();
    private TransactionalPublisher publisher;

    @BeforeEach
    void start() {
        producer.initTransactions();
        ownership.assigned(List.of(LEFT, RIGHT));
        publisher = new TransactionalPublisher(producer, ownership, () -> MEMBER, outgoing -> outgoing);
    }

    private Outgoing outgoing(TopicPartition partition, long offset, Rejection rejection) {
        var record = new ConsumerRecord<>(partition.topic(), partition.partition(), offset, new byte[0], new byte[0]);
        Ticket ticket = new Ticket(record, ownership.current(partition), () -> {});
        DeadLetter letter =
                rejection == null ? null : DeadLetter.of(record, "test", new RejectedFrameException(rejection, "No."));
        return new Outgoing(ticket, new ProducerRecord<>("out", new byte[] {(byte) offset}, new byte[5]), letter);
    }

    @Test
    void givenABatch_whenPublished_thenRecordsAndTheHighestOffsetsAreOneTransaction() {
        List<Outgoing> batch =
                List.of(outgoing(LEFT, 7, null), outgoing(RIGHT, 2, Rejection.EMPTY_IMAGE), outgoing(LEFT, 9, null));

        CommittedBatch published = publisher.publish(batch);

        assertThat(published).isEqualTo(new CommittedBatch(2, List.of(Rejection.EMPTY_IMAGE), 0, 10, 1));
        assertThat(producer.commitCount()).isEqualTo(1);
        assertThat(producer.history()).hasSize(3);
        var offsets = producer.consumerGroupOffsetsHistory().get(0).get("group");
        assertThat(offsets.get(LEFT).offset()).isEqualTo(10);
        assertThat(offsets.get(RIGHT).offset()).isEqualTo(3);
    }

    @Test
    void givenARefusedCommit_whenPublished_thenItIsAbortedAndDoneAgainOnce() {
        AtomicInteger asked = new AtomicInteger();
        producer.commitTransactionException = new CommitFailedException("stale generation");
        publisher = new TransactionalPublisher(
                producer,
                ownership,
                () -> {
                    if (asked.incrementAndGet() == 2) {
                        producer.commitTransactionException = null;
                    }
                    return MEMBER;
                },
                outgoing -> outgoing);

        CommittedBatch published = publisher.publish(List.of(outgoing(LEFT, 1, null)));

        assertThat(published.attempts()).isEqualTo(2);
        assertThat(producer.commitCount()).isEqualTo(1);
        assertThat(producer.history()).hasSize(1);
    }

    @Test
    void givenAPartitionThatMoved_whenPublished_thenItsRecordsAreLeftToItsNewOwner() {
        Outgoing moved = outgoing(RIGHT, 4, null);
        ownership.revoked(List.of(RIGHT));
        Outgoing again = outgoing(LEFT, 1, null);

        CommittedBatch published = publisher.publish(List.of(moved, again));

        assertThat(published).isEqualTo(new CommittedBatch(1, List.of(), 1, 5, 1));
        assertThat(producer.consumerGroupOffsetsHistory().get(0).get("group")).containsOnlyKeys(LEFT);
    }

    @Test
    void givenAPartitionThatLeftAndCameBack_whenPublished_thenRecordsOfTheFirstStayAreDropped() {
        Outgoing before = outgoing(LEFT, 4, null);
        ownership.revoked(List.of(LEFT));
        ownership.assigned(List.of(LEFT));

        CommittedBatch published = publisher.publish(List.of(before));

        assertThat(published.dropped()).isEqualTo(1);
        assertThat(producer.commitCount()).isZero();
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void givenNoMembership_whenPublished_thenNothingIsSentUntilItIsBack() {
        AtomicReference<ConsumerGroupMetadata> membership = new AtomicReference<>(new ConsumerGroupMetadata("group"));
        AtomicInteger asked = new AtomicInteger();
        publisher = new TransactionalPublisher(
                producer,
                ownership,
                () -> {
                    assertThat(producer.history()).isEmpty();
                    if (asked.incrementAndGet() == 3) {
                        membership.set(MEMBER);
                    }
                    return membership.get();
                },
                outgoing -> outgoing);

        CommittedBatch published = publisher.publish(List.of(outgoing(LEFT, 1, null)));

        assertThat(published.samples()).isEqualTo(1);
        assertThat(asked).hasValue(3);
    }

    @Test
    void givenACommitWhoseAnswerIsLate_whenPublished_thenOnlyTheCommitIsAskedAgain() {
        AtomicInteger commits = new AtomicInteger();
        MockProducer<byte[], byte[]> slow =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                    @Override
                    public void commitTransaction() {
                        if (commits.incrementAndGet() < 3) {
                            throw new TimeoutException("late");
                        }
                        super.commitTransaction();
                    }
                };
        slow.initTransactions();
        publisher = new TransactionalPublisher(slow, ownership, () -> MEMBER, outgoing -> outgoing);

        CommittedBatch published = publisher.publish(List.of(outgoing(LEFT, 1, null)));

        assertThat(published.attempts()).isEqualTo(1);
        assertThat(commits).hasValue(3);
        assertThat(slow.history()).hasSize(1);
    }

    @Test
    void givenAFencedProducer_whenPublished_thenItSaysWhoTookOverAndDoesNotRetry() {
        producer.fenceProducer();

        assertThatThrownBy(() -> publisher.publish(List.of(outgoing(LEFT, 1, null))))
                .isInstanceOf(PublishFailedException.class)
                .hasMessageContaining("same transactional id")
                .hasCauseInstanceOf(ProducerFencedException.class);
    }
}
