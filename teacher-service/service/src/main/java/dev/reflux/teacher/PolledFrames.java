package dev.reflux.teacher;

import dev.reflux.common.kafka.PollLoop;
import dev.reflux.teacher.ingest.IngestVerticle;
import dev.reflux.teacher.pipeline.PartitionOwnership;
import dev.reflux.teacher.pipeline.Ticket;
import java.util.Collection;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Where the poll loop meets the pipeline. A revoked partition's frames are not waited for: those that are not in a
 * transaction yet are dropped on their way, and the broker refuses a transaction that comes too late.
 */
final class PolledFrames implements PollLoop.RecordSink {

    private final PartitionOwnership ownership;
    private final TeacherGauges gauges;
    private final IngestVerticle ingest;
    private final BooleanSupplier closing;

    PolledFrames(PartitionOwnership ownership, TeacherGauges gauges, IngestVerticle ingest, BooleanSupplier closing) {
        this.ownership = ownership;
        this.gauges = gauges;
        this.ingest = ingest;
        this.closing = closing;
    }

    @Override
    public void accept(ConsumerRecord<byte[], byte[]> record, PollLoop.Receipt receipt) {
        if (closing.getAsBoolean()) {
            receipt.done();
            return;
        }
        gauges.taken();
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        ingest.accept(new Ticket(record, ownership.current(partition), receipt::done));
    }

    @Override
    public void assigned(Collection<TopicPartition> partitions) {
        ownership.assigned(partitions);
    }

    @Override
    public void revoked(Collection<TopicPartition> partitions) {
        ownership.revoked(partitions);
    }

    @Override
    public void lost(Collection<TopicPartition> partitions) {
        ownership.revoked(partitions);
    }
}
