package dev.reflux.teacher.publish;

import dev.reflux.teacher.pipeline.PartitionOwnership;
import dev.reflux.teacher.pipeline.SerialStage;
import dev.reflux.teacher.pipeline.Stage;
import dev.reflux.teacher.pipeline.StageName;
import dev.reflux.teacher.pipeline.StageObserver;
import dev.reflux.teacher.projection.ProjectedBatch;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * Encodes batches and commits them, one transaction each, on a worker that owns the producer. Only behind a commit are
 * the records' tickets done, and only then may the poll loop fetch others in their stead.
 */
public final class PublishVerticle extends VerticleBase implements Stage<ProjectedBatch>, AutoCloseable {

    private final OutgoingRecords records;
    private final TransactionalPublisher publisher;
    private final WorkerExecutor worker;
    private final StageObserver observer;
    private final PublishListener listener;
    private @Nullable SerialStage<ProjectedBatch, Published> stage;

    /**
     * @param producer transactional and initialised; closed with this
     * @param membership of the consumer whose offsets are committed
     * @param maxRecordBytes the largest sample that is sent
     */
    public PublishVerticle(
            SampleEncoder encoder,
            int maxRecordBytes,
            Producer<byte[], byte[]> producer,
            PartitionOwnership ownership,
            Supplier<ConsumerGroupMetadata> membership,
            WorkerExecutor worker,
            StageObserver observer,
            PublishListener listener) {
        this.records = new OutgoingRecords(encoder, maxRecordBytes);
        this.publisher = new TransactionalPublisher(producer, ownership, membership, records::refusedByBroker);
        this.worker = worker;
        this.observer = observer;
        this.listener = listener;
    }

    @Override
    public Future<?> start() {
        Stage<Published> end = published -> Future.succeededFuture();
        stage = new SerialStage<>(
                StageName.PUBLISH, context, worker, this::publish, ProjectedBatch::size, end, observer);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> offer(ProjectedBatch batch) {
        return Objects.requireNonNull(stage, "not deployed").offer(batch);
    }

    private Published publish(ProjectedBatch batch) {
        List<Outgoing> outgoing = records.of(batch);
        Published published = publisher.publish(outgoing, listener::rejected);
        listener.published(published);
        outgoing.forEach(one -> one.ticket().done().run());
        return published;
    }

    /** Ends the publisher: an open transaction is aborted. Any thread. */
    @Override
    public void close() {
        publisher.close();
    }
}
