package dev.reflux.teacher.ingest;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.trace.LogScope;
import dev.reflux.teacher.pipeline.Handling;
import dev.reflux.teacher.pipeline.Link;
import dev.reflux.teacher.pipeline.RejectedFrame;
import dev.reflux.teacher.pipeline.Stage;
import dev.reflux.teacher.pipeline.StageName;
import dev.reflux.teacher.pipeline.StageObserver;
import dev.reflux.teacher.pipeline.Ticket;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first stage: decodes records and gathers them into batches, in the order of the records. Each record is decoded on
 * a worker as soon as it arrives, so that the next batch is ready while the present one is in the network.
 *
 * <p>{@link #offer} completes at once. The caller bounds the number of records in this stage: the poll loop pauses at
 * {@code batch.in-flight}.
 *
 * <p>Threading: the fields belong to the event loop of the context, decoding runs on the workers.
 */
public final class DecodeStage implements Stage<Ticket> {

    private static final Logger LOG = LoggerFactory.getLogger(DecodeStage.class);

    private static final String SET_ASIDE =
            "The teacher's process ended more than once while it worked on this frame and"
                    + " on no other; the frame was not opened again.";

    /** What became of a record. */
    private sealed interface Outcome {}

    private record Sound(DecodedFrame frame) implements Outcome {}

    private record Refused(RejectedFrame frame) implements Outcome {}

    private final FrameDecoding decoder;
    private final Context context;
    private final WorkerExecutor workers;
    private final Batcher<Future<Outcome>> batcher;
    private final Stage<? super DecodedBatch> next;
    private final StageObserver observer;

    private final Queue<List<Future<Outcome>>> closed = new ArrayDeque<>();
    private long timer = -1;
    private boolean handingOn;
    private boolean failed;

    private DecodeStage(
            Context context,
            WorkerExecutor workers,
            FrameDecoding decoder,
            int batchSize,
            Duration linger,
            Stage<? super DecodedBatch> next,
            StageObserver observer) {
        this.context = context;
        this.workers = workers;
        this.decoder = decoder;
        this.batcher = new Batcher<>(batchSize, linger);
        this.next = next;
        this.observer = observer;
    }

    /**
     * Creates the stage without a successor.
     *
     * @param context the owner of the stage's state
     * @param workers the threads that decode, several records at once
     * @param batchSize the number of frames in a full batch, at least 1
     * @param linger the time that a frame waits for its batch to fill
     */
    public static Link<Ticket, DecodedBatch> link(
            Context context,
            WorkerExecutor workers,
            FrameDecoding decoder,
            int batchSize,
            Duration linger,
            StageObserver observer) {
        return next -> new DecodeStage(context, workers, decoder, batchSize, linger, next, observer);
    }

    @Override
    public Future<Void> offer(Ticket ticket) {
        Promise<Void> begun = Promise.promise();
        context.runOnContext(now -> {
            Future<Outcome> decoded = workers.executeBlocking(() -> decode(ticket), false);
            begun.complete();
            batcher.add(decoded, System.nanoTime()).ifPresent(this::enqueue);
            if (ticket.handling() == Handling.ALONE) {
                batcher.flush().ifPresent(this::enqueue);
            }
            schedule();
        });
        return begun.future();
    }

    private Outcome decode(Ticket ticket) {
        if (ticket.handling() == Handling.SET_ASIDE) {
            return new Refused(new RejectedFrame(ticket, StageName.INGEST, Rejection.PROCESS_ENDED, SET_ASIDE));
        }
        long start = System.nanoTime();
        try {
            return new Sound(decoder.decode(ticket));
        } catch (RejectedFrameException e) {
            return new Refused(RejectedFrame.of(ticket, StageName.INGEST, e));
        } catch (RuntimeException e) {
            // An unexpected exception is the fault of this record; other records must not suffer from it.
            try (LogScope scope = LogScope.of(
                    ticket.record().headers(),
                    MessageCodec.frameIdIn(ticket.record().value()))) {
                LOG.warn(
                        "Frame at {} offset {} cannot be decoded",
                        ticket.partition(),
                        ticket.record().offset(),
                        e);
            }
            String sentence = "The frame cannot be decoded: " + e + ".";
            return new Refused(new RejectedFrame(ticket, StageName.INGEST, Rejection.MALFORMED_MESSAGE, sentence));
        } finally {
            observer.worked(StageName.INGEST, 1, System.nanoTime() - start);
        }
    }

    private void schedule() {
        if (timer >= 0) {
            return;
        }
        batcher.remainingNanos(System.nanoTime()).ifPresent(remaining -> {
            long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(remaining + 999_999));
            timer = context.owner().setTimer(millis, fired -> {
                timer = -1;
                batcher.expired(System.nanoTime()).ifPresent(this::enqueue);
                schedule();
            });
        });
    }

    private void enqueue(List<Future<Outcome>> batch) {
        closed.add(batch);
        handOn();
    }

    private void handOn() {
        if (handingOn || failed || closed.isEmpty()) {
            return;
        }
        handingOn = true;
        List<Future<Outcome>> batch = closed.remove();
        Future.all(batch)
                .map(decoded -> gather(batch))
                .compose(next::offer)
                .onComplete(taken -> context.runOnContext(now -> settle(taken.cause())));
    }

    private static DecodedBatch gather(List<Future<Outcome>> batch) {
        List<DecodedFrame> frames = new ArrayList<>(batch.size());
        List<RejectedFrame> rejected = new ArrayList<>();
        for (Future<Outcome> future : batch) {
            Outcome outcome = future.result();
            if (outcome instanceof Sound sound) {
                frames.add(sound.frame());
            } else if (outcome instanceof Refused refused) {
                rejected.add(refused.frame());
            }
        }
        return new DecodedBatch(frames, rejected);
    }

    private void settle(@Nullable Throwable cause) {
        handingOn = false;
        if (cause != null) {
            failed = true;
            observer.failed(StageName.INGEST, cause);
            return;
        }
        handOn();
    }
}
