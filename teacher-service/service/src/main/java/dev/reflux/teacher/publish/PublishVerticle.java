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
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * Encodes batches and commits them, several in one transaction, on a worker that owns the producer. Only behind a commit are
 * the records' tickets done, and only then may the poll loop fetch others in their stead.
 */
public final class PublishVerticle extends VerticleBase implements Stage<ProjectedBatch>, AutoCloseable {

    private final OutgoingRecords records;
    private final TransactionalPublisher publisher;
    private final WorkerExecutor worker;
    private final StageObserver observer;
    private final PublishListener listener;
    private final int commitFrames;
    private final Duration commitLinger;
    private @Nullable CommitWindow window;

    /**
     * @param producer transactional and initialised; closed with this
     * @param membership of the consumer whose offsets are committed
     * @param maxRecordBytes the largest sample that is sent
     * @param commitFrames frames of one transaction, unless its first batch has waited for the linger before
     * @param commitLinger how long a batch waits for its transaction to fill
     */
    public PublishVerticle(
            SampleEncoder encoder,
            int maxRecordBytes,
            Producer<byte[], byte[]> producer,
            PartitionOwnership ownership,
            Supplier<ConsumerGroupMetadata> membership,
            WorkerExecutor worker,
            StageObserver observer,
            PublishListener listener,
            int commitFrames,
            Duration commitLinger) {
        this.records = new OutgoingRecords(encoder, maxRecordBytes);
        this.publisher = new TransactionalPublisher(producer, ownership, membership, records::refusedByBroker);
        this.worker = worker;
        this.observer = observer;
        this.listener = listener;
        this.commitFrames = commitFrames;
        this.commitLinger = commitLinger;
    }

    @Override
    public Future<?> start() {
        Stage<CommittedBatch> end = published -> Future.succeededFuture();
        SerialStage<ProjectedBatch, CommittedBatch> stage = new SerialStage<>(
                StageName.PUBLISH, context, worker, this::publish, ProjectedBatch::size, end, observer);
        window = new CommitWindow(context, stage, commitFrames, commitLinger);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> offer(ProjectedBatch batch) {
        return Objects.requireNonNull(window, "not deployed").offer(batch);
    }

    private CommittedBatch publish(ProjectedBatch batch) {
        List<Outgoing> outgoing = records.of(batch);
        CommittedBatch published = publisher.publish(outgoing, listener::rejected);
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
