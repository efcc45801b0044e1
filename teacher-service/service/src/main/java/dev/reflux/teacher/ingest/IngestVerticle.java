package dev.reflux.teacher.ingest;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.trace.LogScope;
import dev.reflux.teacher.pipeline.RejectedFrame;
import dev.reflux.teacher.pipeline.Stage;
import dev.reflux.teacher.pipeline.StageName;
import dev.reflux.teacher.pipeline.StageObserver;
import dev.reflux.teacher.pipeline.Ticket;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
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
 * Records in, batches of decoded frames out, in the order of the records. Each record is decoded on a worker as soon as
 * it arrives, so the next batch is ready while this one is in the network. How much can wait here is bounded by who
 * calls {@link #accept}: the poll loop pauses at its high-water mark.
 */
public final class IngestVerticle extends VerticleBase {

    private static final Logger LOG = LoggerFactory.getLogger(IngestVerticle.class);

    /** One of the two is there. */
    private sealed interface Outcome {}

    private record Sound(DecodedFrame frame) implements Outcome {}

    private record Refused(RejectedFrame frame) implements Outcome {}

    private final FrameDecoder decoder;
    private final WorkerExecutor workers;
    private final Batcher<Future<Outcome>> batcher;
    private final Stage<DecodedBatch> next;
    private final StageObserver observer;

    private final Queue<List<Future<Outcome>>> closed = new ArrayDeque<>();
    private long timer = -1;
    private boolean handingOn;
    private boolean failed;

    /** @param workers on which records are decoded, several at once */
    public IngestVerticle(
            FrameDecoder decoder,
            WorkerExecutor workers,
            int batchSize,
            Duration linger,
            Stage<DecodedBatch> next,
            StageObserver observer) {
        this.decoder = decoder;
        this.workers = workers;
        this.batcher = new Batcher<>(batchSize, linger);
        this.next = next;
        this.observer = observer;
    }

    /** Takes a record. Any thread, never blocks; records of one thread stay in order. */
    public void accept(Ticket ticket) {
        context.runOnContext(now -> {
            Future<Outcome> decoded = workers.executeBlocking(() -> decode(ticket), false);
            batcher.add(decoded, System.nanoTime()).ifPresent(this::enqueue);
            schedule();
        });
    }

    private Outcome decode(Ticket ticket) {
        long start = System.nanoTime();
        try {
            return new Sound(decoder.decode(ticket));
        } catch (RejectedFrameException e) {
            return new Refused(RejectedFrame.of(ticket, StageName.INGEST, e));
        } catch (RuntimeException e) {
            // Whatever a strange record does to a decoder, it is that record's problem alone.
            try (LogScope scope = LogScope.of(
                    ticket.record().headers(),
                    MessageCodec.frameIdIn(ticket.record().value()))) {
                LOG.warn(
                        "Frame at {} offset {} could not be read",
                        ticket.partition(),
                        ticket.record().offset(),
                        e);
            }
            String sentence = "The frame could not be read: " + e + ".";
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
            timer = vertx.setTimer(millis, fired -> {
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
