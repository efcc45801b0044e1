package dev.reflux.teacher.suspect;

import dev.reflux.teacher.pipeline.Handling;
import dev.reflux.teacher.pipeline.Stage;
import dev.reflux.teacher.pipeline.StageName;
import dev.reflux.teacher.pipeline.StageObserver;
import dev.reflux.teacher.pipeline.Ticket;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before the first stage, and finds the frame that ends the process.
 *
 * <ol>
 *   <li>While a partition is read, its committed offset says so ({@link OffsetMark}). A teacher that stops in good order
 *       takes the mark back.
 *   <li>A partition that comes with the mark was left by a process that was killed, or that lost the partition in mid-work.
 *       The frames that may have been in work then are suspects: each of them is worked on alone, and the mark says so
 *       before the work begins.
 *   <li>A frame that was alone when the process ended, {@link #ATTEMPTS} times, is set aside. It goes to the dead letters
 *       without being opened.
 * </ol>
 *
 * In the good case this costs one small transaction for each assignment of a partition.
 *
 * <p>Threading: the fields belong to the event loop of the context. The public methods may be called from any thread.
 */
public final class SuspectGate implements Stage<Ticket> {

    /** How often the process may end with a frame that is alone, until the frame is set aside. */
    public static final int ATTEMPTS = 2;

    private static final Logger LOG = LoggerFactory.getLogger(SuspectGate.class);

    /** Writes marks. */
    @FunctionalInterface
    public interface Marks {

        /**
         * Commits the offset of a frame, which so counts as not worked on, with a mark.
         *
         * @return whether it is committed; false if the partition of the frame has moved to another teacher
         */
        Future<Boolean> write(Ticket ticket, OffsetMark mark);
    }

    /**
     * What is known of a partition.
     *
     * @param from the committed offset when the partition was assigned
     * @param to the offset behind the last suspect
     * @param mark the mark that was found there
     * @param marked whether the partition has a mark now
     */
    private record Known(long from, long to, OffsetMark mark, boolean marked) {

        boolean suspects(long offset) {
            return offset < to && !condemns(offset);
        }

        boolean condemns(long offset) {
            return offset == from && mark.attempts() >= ATTEMPTS;
        }

        int attempt(long offset) {
            return offset == from ? mark.attempts() + 1 : 1;
        }
    }

    private final Context context;
    private final Stage<? super Ticket> next;
    private final Marks marks;
    private final int suspects;
    private final StageObserver observer;

    private final Map<TopicPartition, Known> known = new HashMap<>();
    private final Queue<Ticket> waiting = new ArrayDeque<>();
    private int inWork;
    private boolean busy;
    private boolean failed;

    /**
     * @param suspects the largest number of frames of a partition that can have been in work at once
     * @param observer called once if a mark cannot be written
     */
    public SuspectGate(Context context, Stage<? super Ticket> next, Marks marks, int suspects, StageObserver observer) {
        this.context = context;
        this.next = next;
        this.marks = marks;
        this.suspects = suspects;
        this.observer = observer;
    }

    /**
     * Takes over partitions, before the first frame of them is offered.
     *
     * @param committed the committed offsets of those that have one
     */
    public void assigned(Collection<TopicPartition> partitions, Map<TopicPartition, OffsetAndMetadata> committed) {
        context.runOnContext(now -> partitions.forEach(partition -> {
            OffsetAndMetadata offset = committed.get(partition);
            known.put(partition, offset == null ? known(0, OffsetMark.LEFT) : found(partition, offset));
        }));
    }

    private Known found(TopicPartition partition, OffsetAndMetadata offset) {
        OffsetMark mark = OffsetMark.read(offset.metadata());
        if (mark.attempts() >= ATTEMPTS) {
            LOG.warn(
                    "The frame at {} offset {} ended the process {} times while no other frame was in work; it is set"
                            + " aside.",
                    partition,
                    offset.offset(),
                    mark.attempts());
        } else if (mark.kind() != OffsetMark.Kind.LEFT) {
            LOG.info(
                    "{} was not left in good order at offset {}; the frames that may have been in work are worked on one"
                            + " by one.",
                    partition,
                    offset.offset());
        }
        return known(offset.offset(), mark);
    }

    private Known known(long offset, OffsetMark mark) {
        return switch (mark.kind()) {
            case LEFT -> new Known(offset, offset, mark, false);
            case OPEN -> new Known(offset, offset + suspects, mark, true);
            case ALONE -> new Known(offset, offset + 1, mark, true);
        };
    }

    @Override
    public Future<Void> offer(Ticket ticket) {
        Promise<Void> begun = Promise.promise();
        context.runOnContext(now -> {
            waiting.add(ticket);
            begun.complete();
            pump();
        });
        return begun.future();
    }

    private void pump() {
        while (!busy && !failed && !waiting.isEmpty()) {
            Ticket ticket = waiting.element();
            long offset = ticket.record().offset();
            Known state = known.get(ticket.partition());
            if (state == null) {
                pass(waiting.remove(), Handling.TOGETHER);
            } else if (state.suspects(offset)) {
                if (inWork > 0) {
                    return;
                }
                mark(waiting.remove(), OffsetMark.alone(state.attempt(offset)), Handling.ALONE);
            } else if (!state.marked()) {
                mark(waiting.remove(), OffsetMark.OPEN, Handling.TOGETHER);
            } else {
                pass(waiting.remove(), state.condemns(offset) ? Handling.SET_ASIDE : Handling.TOGETHER);
            }
        }
    }

    private void mark(Ticket ticket, OffsetMark mark, Handling handling) {
        busy = true;
        marks.write(ticket, mark)
                .onComplete(written -> context.runOnContext(now -> {
                    if (written.failed()) {
                        failed = true;
                        observer.failed(StageName.INGEST, written.cause());
                        return;
                    }
                    busy = false;
                    if (Boolean.TRUE.equals(written.result())) {
                        known.computeIfPresent(
                                ticket.partition(),
                                (partition, was) -> new Known(was.from(), was.to(), was.mark(), true));
                        // Alone, the gate stays closed until the frame is done.
                        busy = handling == Handling.ALONE;
                        pass(ticket, handling);
                    } else {
                        // The frame belongs to another teacher, and is dropped on its way without being opened.
                        pass(ticket, Handling.SET_ASIDE);
                    }
                    pump();
                }));
    }

    private void pass(Ticket ticket, Handling handling) {
        inWork++;
        next.offer(ticket.with(handling, () -> {
            ticket.done().run();
            context.runOnContext(now -> {
                inWork--;
                busy &= handling != Handling.ALONE;
                pump();
            });
        }));
    }
}
