package dev.reflux.teacher.publish;

import dev.reflux.common.message.FrameSource;
import dev.reflux.teacher.pipeline.PartitionOwnership;
import dev.reflux.teacher.pipeline.Ticket;
import dev.reflux.teacher.projection.ProjectedBatch;
import dev.reflux.teacher.suspect.OffsetMark;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;

/**
 * The work of the last stage: encodes a batch and commits it in one transaction. The tickets of the records are done
 * after the commit only; then the poll loop may fetch other records.
 *
 * <p>One thread owns it; {@link #close} may be called from any thread.
 */
public final class BatchPublisher implements AutoCloseable {

    private final OutgoingRecords records;
    private final TransactionalPublisher publisher;
    private final Consumer<CommittedBatch> committed;

    /**
     * @param places tells where in the log a frame is
     * @param maxRecordBytes the size of the largest sample that is sent, in bytes; larger ones become dead letters
     * @param producer transactional, with its transactions initialized; closed with this object
     * @param membership the membership of the consumer whose offsets are committed
     * @param committed called after each commit, on the thread of the publisher; must not block
     */
    public BatchPublisher(
            SampleEncoder encoder,
            Function<ConsumerRecord<?, ?>, FrameSource> places,
            int maxRecordBytes,
            Producer<byte[], byte[]> producer,
            PartitionOwnership ownership,
            Supplier<ConsumerGroupMetadata> membership,
            Consumer<CommittedBatch> committed) {
        this.records = new OutgoingRecords(encoder, places, maxRecordBytes);
        this.publisher = new TransactionalPublisher(producer, ownership, membership, records::refusedByBroker);
        this.committed = committed;
    }

    /**
     * Publishes one batch and waits for the commit.
     *
     * @throws PublishFailedException when the service cannot go on
     */
    public CommittedBatch publish(ProjectedBatch batch) {
        List<Outgoing> outgoing = records.of(batch);
        CommittedBatch result = publisher.publish(outgoing);
        committed.accept(result);
        outgoing.forEach(one -> one.ticket().done().run());
        return result;
    }

    /**
     * Marks the offset of a record, see {@link TransactionalPublisher#mark}.
     *
     * @throws PublishFailedException when the service cannot go on
     */
    public boolean mark(Ticket ticket, OffsetMark mark) {
        return publisher.mark(ticket, mark);
    }

    /** Marks partitions as left in good order, see {@link TransactionalPublisher#leave}. */
    public void leave(ConsumerGroupMetadata member, Map<TopicPartition, Long> held) {
        publisher.leave(member, held);
    }

    /** Closes the producer. An open transaction is aborted. */
    @Override
    public void close() {
        publisher.close();
    }
}
