package dev.reflux.datasets;

import dev.reflux.common.message.LabeledFrame;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One reading of a plan's messages. Each frame is read when its first message is asked for; a flat map over laps would hold a
 * whole lap in memory as soon as its stream is read by an iterator. One thread.
 */
final class FleetReading extends Spliterators.AbstractSpliterator<LabeledFrame> implements AutoCloseable {

    private final FleetPlan plan;
    private final Duration lapLength;
    private Stream<Frame> open = Stream.empty();
    private Iterator<Frame> frames = Collections.emptyIterator();
    private long nextLap;
    private @Nullable Frame frame;
    private int camera;

    /** @param lapLength time between the same frame of two laps */
    FleetReading(FleetPlan plan, Duration lapLength) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
        this.plan = plan;
        this.lapLength = lapLength;
    }

    @Override
    public boolean tryAdvance(Consumer<? super LabeledFrame> action) {
        Frame now = frame;
        if (now == null || camera >= plan.cameras()) {
            if (!frames.hasNext() && !beginLap()) {
                return false;
            }
            now = frames.next();
            frame = now;
            camera = 0;
        }
        camera = plan.cameras() == 0 ? 0 : camera + 1;
        action.accept(plan.message(now, nextLap - 1, camera, lapLength));
        return true;
    }

    private boolean beginLap() {
        open.close();
        if (plan.laps() > 0 && nextLap == plan.laps()) {
            return false;
        }
        nextLap++;
        open = plan.dataset().frames(plan.split());
        frames = open.iterator();
        return frames.hasNext();
    }

    @Override
    public void close() {
        open.close();
    }
}
