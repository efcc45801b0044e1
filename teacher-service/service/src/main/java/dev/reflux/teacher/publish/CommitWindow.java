package dev.reflux.teacher.publish;

import dev.reflux.teacher.pipeline.Link;
import dev.reflux.teacher.pipeline.Stage;
import dev.reflux.teacher.projection.ProjectedBatch;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Gathers batches for one transaction. A transaction of four frames costs as much as one of forty: five requests to the
 * brokers, and a marker in each partition.
 *
 * <ol>
 *   <li>Batches stay in order, and none is split.
 *   <li>A window is closed when it has {@code frames} frames, or {@code linger} after its first batch.
 *   <li>A frame that is worked on alone waits for no other.
 *   <li>The future of the batch that fills a window completes when the next stage has begun with the window.
 * </ol>
 *
 * <p>Threading: the fields belong to the event loop of the context. {@link #offer} may be called from any thread.
 */
public final class CommitWindow implements Stage<ProjectedBatch> {

    private final Context context;
    private final Stage<? super ProjectedBatch> next;
    private final int frames;
    private final Duration linger;
    private List<ProjectedBatch> open = new ArrayList<>();
    private int gathered;
    private long window;

    private CommitWindow(Context context, int frames, Duration linger, Stage<? super ProjectedBatch> next) {
        this.context = context;
        this.frames = frames;
        this.linger = linger;
        this.next = next;
    }

    /**
     * Creates the window without a successor.
     *
     * @param context the owner of the window's state
     * @param frames the number of frames at which a window closes, at least 1
     * @param linger the time that a batch waits for others; zero closes a window with every batch
     */
    public static Link<ProjectedBatch, ProjectedBatch> link(Context context, int frames, Duration linger) {
        return next -> new CommitWindow(context, frames, linger, next);
    }

    @Override
    public Future<Void> offer(ProjectedBatch batch) {
        Promise<Void> taken = Promise.promise();
        context.runOnContext(now -> add(batch).onComplete(taken));
        return taken.future();
    }

    private Future<Void> add(ProjectedBatch batch) {
        open.add(batch);
        gathered += batch.size();
        if (gathered >= frames || linger.isZero() || batch.alone()) {
            return close();
        }
        if (open.size() == 1) {
            long mine = window;
            context.owner().setTimer(Math.max(1, TimeUnit.NANOSECONDS.toMillis(linger.toNanos())), fired -> {
                // The window of this timer may have been filled and closed in the meantime.
                if (mine == window) {
                    close();
                }
            });
        }
        return Future.succeededFuture();
    }

    private Future<Void> close() {
        List<ProjectedBatch> closed = open;
        open = new ArrayList<>();
        gathered = 0;
        window++;
        return next.offer(new ProjectedBatch(
                closed.stream().flatMap(batch -> batch.frames().stream()).toList(),
                closed.stream().flatMap(batch -> batch.rejected().stream()).toList()));
    }
}
