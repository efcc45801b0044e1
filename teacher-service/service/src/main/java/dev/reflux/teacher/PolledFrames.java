package dev.reflux.teacher;

import dev.reflux.common.kafka.RecordSink;
import dev.reflux.teacher.pipeline.PartitionOwnership;
import dev.reflux.teacher.pipeline.Ticket;
import dev.reflux.teacher.publish.FrameTopic;
import dev.reflux.teacher.suspect.SuspectGate;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Hands polled records to the first stage. A revocation does not wait for the frames of its partition: those that are not
 * in a transaction yet are dropped on their way, and the broker refuses a transaction that comes too late. Poll thread.
 */
final class PolledFrames implements RecordSink {

    private final PartitionOwnership ownership;
    private final TeacherGauges gauges;
    private final SuspectGate pipeline;
    private final FrameTopic topic;
    private final TeacherLifecycle lifecycle;
    private Map<TopicPartition, OffsetAndMetadata> committed = Map.of();

    PolledFrames(
            PartitionOwnership ownership,
            TeacherGauges gauges,
            SuspectGate pipeline,
            FrameTopic topic,
            TeacherLifecycle lifecycle) {
        this.ownership = ownership;
        this.gauges = gauges;
        this.pipeline = pipeline;
        this.topic = topic;
        this.lifecycle = lifecycle;
    }

    @Override
    public void accept(ConsumerRecord<byte[], byte[]> record, Receipt receipt) {
        if (lifecycle.closing()) {
            receipt.done();
            return;
        }
        gauges.taken();
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        pipeline.offer(new Ticket(record, ownership.current(partition), receipt::done));
    }

    @Override
    public void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
        committed = offsets;
    }

    @Override
    public void removed(TopicPartition partition, long from, long to) {
        gauges.lost(to - from);
    }

    @Override
    public void assigned(Collection<TopicPartition> partitions) {
        pipeline.assigned(partitions, committed);
        topic.assigned();
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

    @Override
    public void failed(Throwable cause) {
        lifecycle.fail(cause);
    }
}
