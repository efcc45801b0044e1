package dev.reflux.integration.chaos;

import dev.reflux.common.codec.RepeatableFrames;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.FleetPlan;
import dev.reflux.fleet.push.FramePusher;
import dev.reflux.fleet.push.PushListener;
import dev.reflux.fleet.push.PushSettings;
import java.time.Instant;
import java.util.Iterator;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Cameras that send frames without end, as fast as they are allowed to. */
final class Camera implements AutoCloseable {

    private static final int SCENES = 40;
    private static final int CAMERAS = 2;
    private static final int CLOCKS = 3;

    private final Semaphore allowed = new Semaphore(0);
    private final FramePusher pusher;
    private final Thread thread;
    private final AtomicLong made = new AtomicLong();
    private volatile Throwable failure;
    private volatile boolean clockJumps;

    Camera(KafkaSettings kafka, long seed) {
        pusher = FramePusher.open(PushSettings.to(kafka));
        RepeatableFrames plan =
                new FleetPlan(DatasetCatalog.open("synthetic:" + seed + "," + SCENES), "train", CAMERAS, 0, 0);
        thread = new Thread(
                () -> {
                    try {
                        pusher.push(new Paced(plan), 0, PushListener.SILENT);
                    } catch (RuntimeException e) {
                        failure = e;
                    }
                },
                "camera");
        thread.setDaemon(true);
        thread.start();
    }

    /** Lets it send some more frames, and does not wait for that. */
    void send(int frames) {
        if (failure != null) {
            throw new AssertionError("the camera ended", failure);
        }
        allowed.release(frames);
    }

    /** Returns whether everything that it may send was made. What was made may be on its way. */
    boolean idle() {
        return allowed.availablePermits() == 0;
    }

    void clockJumps(boolean jumps) {
        clockJumps = jumps;
    }

    private final class Paced implements RepeatableFrames {

        private final RepeatableFrames plan;

        Paced(RepeatableFrames plan) {
            this.plan = plan;
        }

        @Override
        public String name() {
            return plan.name();
        }

        /** One by one: the iterator of a stream that was made by flatMap takes a whole lap at once. */
        @Override
        public Stream<LabeledFrame> messages() {
            Iterator<LabeledFrame> all = plan.messages().iterator();
            return Stream.generate(() -> {
                allowed.acquireUninterruptibly();
                return captured(all.next());
            });
        }

        private LabeledFrame captured(LabeledFrame frame) {
            long number = made.incrementAndGet();
            if (!clockJumps || number % CLOCKS == 0) {
                return frame;
            }
            Instant clock = Instant.parse(number % CLOCKS == 1 ? "1970-01-01T00:00:01Z" : "2099-01-01T00:00:00Z");
            return frame.toBuilder()
                    .setCapturedAtMicros(clock.getEpochSecond() * 1_000_000 + number)
                    .build();
        }
    }

    @Override
    public void close() {
        pusher.stop();
        allowed.release(1);
    }
}
