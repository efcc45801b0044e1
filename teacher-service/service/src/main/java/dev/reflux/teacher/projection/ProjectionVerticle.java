package dev.reflux.teacher.projection;

import dev.reflux.teacher.inference.InferredBatch;
import dev.reflux.teacher.pipeline.SerialStage;
import dev.reflux.teacher.pipeline.Stage;
import dev.reflux.teacher.pipeline.StageName;
import dev.reflux.teacher.pipeline.StageObserver;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The network's output onto the wire's grids, on the torch worker: what leaves here holds no memory of PyTorch. */
public final class ProjectionVerticle extends VerticleBase implements Stage<InferredBatch> {

    private final Projector projector;
    private final WorkerExecutor torch;
    private final Stage<ProjectedBatch> next;
    private final StageObserver observer;
    private @Nullable SerialStage<InferredBatch, ProjectedBatch> stage;

    public ProjectionVerticle(
            Projector projector, WorkerExecutor torch, Stage<ProjectedBatch> next, StageObserver observer) {
        this.projector = projector;
        this.torch = torch;
        this.next = next;
        this.observer = observer;
    }

    @Override
    public Future<?> start() {
        stage = new SerialStage<>(
                StageName.PROJECTION, context, torch, projector::project, InferredBatch::size, next, observer);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> offer(InferredBatch batch) {
        return Objects.requireNonNull(stage, "not deployed").offer(batch);
    }
}
