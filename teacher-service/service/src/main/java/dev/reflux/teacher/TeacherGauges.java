package dev.reflux.teacher;

import dev.reflux.common.failure.Rejection;
import dev.reflux.common.kafka.PollLoop;
import dev.reflux.common.meters.Meter;
import dev.reflux.common.meters.Meters;
import dev.reflux.teacher.pipeline.StageName;
import dev.reflux.teacher.publish.CommittedBatch;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/** The counts of a teacher, for meters and snapshots. Thread-safe. */
final class TeacherGauges {

    private record StageTime(LongAdder frames, LongAdder nanos) {}

    private final Meters meters;
    private final PollLoop polling;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong samples = new AtomicLong();
    private final AtomicLong deadLetters = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();
    private final AtomicLong aborted = new AtomicLong();
    private final AtomicLong wireBytes = new AtomicLong();
    private final AtomicLong lastProgress = new AtomicLong(System.nanoTime());
    private final Map<Rejection, AtomicLong> rejections = new EnumMap<>(Rejection.class);
    private final Map<StageName, StageTime> stages = new EnumMap<>(StageName.class);

    /** Registers the meters that are read from the poll loop. */
    TeacherGauges(Meters meters, PollLoop polling) {
        this.meters = meters;
        this.polling = polling;
        meters.gauge(Meter.TEACHER_IN_FLIGHT, polling::inFlight);
        meters.gauge(Meter.TEACHER_LAG, this::lag);
        meters.counter(Meter.TEACHER_LOST);
        for (Rejection rejection : Rejection.values()) {
            rejections.put(rejection, new AtomicLong());
        }
        for (StageName stage : StageName.values()) {
            stages.put(stage, new StageTime(new LongAdder(), new LongAdder()));
        }
    }

    /** Counts a frame that was polled. */
    void taken() {
        taken.incrementAndGet();
    }

    /** Counts frames that retention removed before they were polled. */
    void lost(long frames) {
        meters.counter(Meter.TEACHER_LOST).increment(frames);
    }

    /** Registers the level of the model's failures. */
    void modelFailures(IntSupplier level) {
        meters.gauge(Meter.TEACHER_MODEL_FAILURES, level::getAsInt);
    }

    /** Counts the work of a stage. */
    @SuppressWarnings("NullAway") // every stage is in the map
    void worked(StageName stage, int frames, long nanos) {
        stages.get(stage).frames().add(frames);
        stages.get(stage).nanos().add(nanos);
        lastProgress.set(System.nanoTime());
        meters.timer(Meter.TEACHER_STAGE, stage.label()).record(nanos, TimeUnit.NANOSECONDS);
        if (stage == StageName.INFERENCE) {
            meters.summary(Meter.TEACHER_BATCH_SIZE).record(frames);
        }
    }

    /** Counts a committed transaction. */
    void committed(CommittedBatch batch) {
        int published = batch.samples() + batch.rejections().size();
        samples.addAndGet(batch.samples());
        deadLetters.addAndGet(batch.rejections().size());
        dropped.addAndGet(batch.dropped());
        batches.addAndGet(published > 0 ? 1 : 0);
        aborted.addAndGet(batch.attempts() - 1);
        wireBytes.addAndGet(batch.wireBytes());
        batch.rejections().forEach(this::rejected);
        meters.counter(Meter.TEACHER_FRAMES).increment(batch.samples());
        meters.counter(Meter.TEACHER_TRANSACTIONS_ABORTED).increment(batch.attempts() - 1);
        if (batch.samples() > 0) {
            meters.summary(Meter.TEACHER_SAMPLE_BYTES).record((double) batch.wireBytes() / batch.samples());
        }
    }

    @SuppressWarnings("NullAway") // every rejection is in the map
    private void rejected(Rejection reason) {
        rejections.get(reason).incrementAndGet();
        meters.counter(Meter.TEACHER_REJECTED, reason.name()).increment();
    }

    /** Returns the time since a stage has last finished an item. */
    Duration idle() {
        return Duration.ofNanos(System.nanoTime() - lastProgress.get());
    }

    private long lag() {
        return polling.lag().values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns all counts as of now. */
    TeacherSnapshot snapshot() {
        Map<Rejection, Long> reasons = new EnumMap<>(Rejection.class);
        rejections.forEach((reason, count) -> {
            if (count.get() > 0) {
                reasons.put(reason, count.get());
            }
        });
        Map<StageName, Double> millis = new EnumMap<>(StageName.class);
        stages.forEach((stage, time) -> {
            if (time.frames().sum() > 0) {
                millis.put(stage, time.nanos().sum() / 1e6 / time.frames().sum());
            }
        });
        return new TeacherSnapshot(
                taken.get(),
                samples.get(),
                deadLetters.get(),
                dropped.get(),
                batches.get(),
                aborted.get(),
                wireBytes.get(),
                polling.inFlight(),
                lag(),
                reasons,
                millis);
    }
}
