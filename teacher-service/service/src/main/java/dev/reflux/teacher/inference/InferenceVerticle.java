package dev.reflux.teacher.inference;

import dev.reflux.common.image.ImageSize;
import dev.reflux.teacher.ingest.DecodedBatch;
import dev.reflux.teacher.pipeline.SerialStage;
import dev.reflux.teacher.pipeline.Stage;
import dev.reflux.teacher.pipeline.StageName;
import dev.reflux.teacher.pipeline.StageObserver;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decoded batches through the network, one at a time, on the torch worker. */
public final class InferenceVerticle extends VerticleBase implements Stage<DecodedBatch> {

    private final CarefulInference inference;
    private final WorkerExecutor torch;
    private final Stage<InferredBatch> next;
    private final StageObserver observer;
    private @Nullable SerialStage<DecodedBatch, InferredBatch> stage;

    /**
     * @param network owned by the torch worker's one thread
     * @param view the size at which it sees frames
     */
    public InferenceVerticle(
            Network network, ImageSize view, WorkerExecutor torch, Stage<InferredBatch> next, StageObserver observer) {
        this.inference = new CarefulInference(network, view);
        this.torch = torch;
        this.next = next;
        this.observer = observer;
    }

    @Override
    public Future<?> start() {
        stage = new SerialStage<>(
                StageName.INFERENCE, context, torch, inference::infer, DecodedBatch::size, next, observer);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> offer(DecodedBatch batch) {
        return Objects.requireNonNull(stage, "not deployed").offer(batch);
    }
}
