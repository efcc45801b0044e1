package dev.reflux.teacher;

import dev.reflux.common.kafka.RecordSink;
import dev.reflux.teacher.pipeline.PartitionOwnership;
import dev.reflux.teacher.pipeline.Stage;
import dev.reflux.teacher.pipeline.Ticket;
import dev.reflux.teacher.publish.FrameTopic;
import java.util.Collection;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Hands polled records to the first stage. A revocation does not wait for the frames of its partition: those that are not
 * in a transaction yet are dropped on their way, and the broker refuses a transaction that comes too late. Poll thread.
 */
final class PolledFrames implements RecordSink {

    private final PartitionOwnership ownership;
    private final TeacherGauges gauges;
    private final Stage<Ticket> pipeline;
    private final FrameTopic topic;
    private final TeacherLifecycle lifecycle;

    PolledFrames(
            PartitionOwnership ownership,
            TeacherGauges gauges,
            Stage<Ticket> pipeline,
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
    public void assigned(Collection<TopicPartition> partitions) {
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
