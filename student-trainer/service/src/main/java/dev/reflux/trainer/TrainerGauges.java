package dev.reflux.trainer;

import dev.reflux.common.failure.Rejection;
import dev.reflux.common.meters.Meter;
import dev.reflux.common.meters.Meters;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.guard.Fault;
import dev.reflux.trainer.guard.LearningGuard;
import dev.reflux.trainer.publish.PublishedStudent;
import dev.reflux.trainer.update.StepReport;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The trainer's meters. The training thread writes them; any thread may read them. */
final class TrainerGauges {

    private final Meters meters;
    private final Map<String, Double> values = new ConcurrentHashMap<>();
    private volatile long checkpointNanos = System.nanoTime();

    TrainerGauges(Meters meters) {
        this.meters = meters;
        for (String term : new String[] {"ce", "kd", "hakd", "bce", "own", "total"}) {
            meters.gauge(Meter.TRAINER_LOSS, () -> value("loss." + term), term);
        }
        meters.gauge(Meter.TRAINER_KMM_TEACHER_SHARE, () -> value("share"));
        meters.gauge(Meter.TRAINER_KEM_MAX_WEIGHT, () -> value("weight"));
        meters.gauge(Meter.TRAINER_PREQUENTIAL_MIOU, () -> value("prequential"));
        meters.gauge(Meter.TRAINER_HOLDOUT_MIOU, () -> value("holdout.raw"), "raw");
        meters.gauge(Meter.TRAINER_HOLDOUT_MIOU, () -> value("holdout.average"), "average");
        meters.gauge(Meter.TRAINER_HOLDOUT_FRAMES, () -> value("holdout.frames"));
        meters.gauge(Meter.TRAINER_HOLDOUT_AGREEMENT, () -> value("agreement.raw"), "raw");
        meters.gauge(Meter.TRAINER_HOLDOUT_AGREEMENT, () -> value("agreement.average"), "average");
        meters.gauge(Meter.TRAINER_LABELED, () -> value("labeled"));
        meters.gauge(Meter.TRAINER_LEARNING_RATE, () -> value("rate"));
        meters.gauge(Meter.TRAINER_GRADIENT_NORM, () -> value("norm"));
        meters.gauge(Meter.TRAINER_REPLAY, () -> value("replay"));
        meters.gauge(Meter.TRAINER_REPLAY_BYTES, () -> value("replay.bytes"));
        meters.gauge(Meter.TRAINER_GUARD_CAMERAS, () -> value("guard.cameras"));
        meters.gauge(Meter.TRAINER_GUARD_TEACHER, () -> value("guard.teacher"));
        meters.counter(Meter.TRAINER_WANTED);
        meters.gauge(Meter.TRAINER_LABELS_DOUBTED, () -> value("labels.doubted"));
        meters.counter(Meter.TRAINER_GUARD_SKIPPED);
        meters.counter(Meter.TRAINER_GUARD_RETURNS);
        for (Fault fault : Fault.values()) {
            meters.counter(Meter.TRAINER_GUARD_FAULTS, fault.name());
        }
        meters.gauge(Meter.TRAINER_CHECKPOINT_AGE, () -> (System.nanoTime() - checkpointNanos) / 1e9);
    }

    private double value(String name) {
        return values.getOrDefault(name, Double.NaN);
    }

    /**
     * Registers the gauges of the sample feed.
     *
     * @param queued the number of decoded samples that wait
     * @param lag the number of samples up to the end of the topic
     */
    void queue(Supplier<Number> queued, Supplier<Number> lag) {
        meters.gauge(Meter.TRAINER_QUEUE, queued);
        meters.gauge(Meter.TRAINER_LAG, lag);
    }

    void stepped(StepReport report, double prequentialMiou) {
        meters.counter(report.applied() ? Meter.TRAINER_STEPS : Meter.TRAINER_GUARD_SKIPPED)
                .increment();
        values.put("loss.ce", report.ce());
        values.put("loss.kd", report.kd());
        values.put("loss.hakd", report.hakd());
        values.put("loss.bce", report.bce());
        values.put("loss.own", report.own());
        values.put("loss.total", report.total());
        values.put("labeled", report.labeledFraction());
        values.put("share", report.teacherShare());
        values.put("weight", report.maxWeight());
        values.put("prequential", prequentialMiou);
        values.put("rate", report.learningRate());
        values.put("norm", report.gradientNorm());
        stage("prepare", report.times().prepare());
        stage("forward", report.times().forward());
        stage("loss", report.times().loss());
        stage("backward", report.times().backward());
        stage("update", report.times().update());
    }

    void stage(String stage, double millis) {
        meters.timer(Meter.TRAINER_STAGE, stage).record((long) (millis * 1e6), TimeUnit.NANOSECONDS);
    }

    void outcome(String outcome) {
        meters.counter(Meter.TRAINER_FRAMES, outcome).increment();
    }

    /** Continues the outcome counters over a restart; outcomes after the last checkpoint are counted again. */
    void resumed(TrainerState.Counts counts) {
        meters.counter(Meter.TRAINER_FRAMES, "trained").increment(counts.trained());
        meters.counter(Meter.TRAINER_FRAMES, "held-out").increment(counts.heldOut());
        meters.counter(Meter.TRAINER_FRAMES, "labeled").increment(counts.labels());
        meters.counter(Meter.TRAINER_FRAMES, "duplicate").increment(counts.duplicates());
        meters.counter(Meter.TRAINER_FRAMES, "dead-lettered").increment(counts.deadLettered());
    }

    void lost(long samples) {
        meters.counter(Meter.TRAINER_LOST).increment(samples);
    }

    void rejected(Rejection reason) {
        meters.counter(Meter.TRAINER_REJECTED, reason.name()).increment();
        outcome("dead-lettered");
    }

    void replay(int samples, long bytes) {
        values.put("replay", (double) samples);
        values.put("replay.bytes", (double) bytes);
    }

    void drifted() {
        meters.counter(Meter.TRAINER_DRIFTS).increment();
    }

    void faulted(Fault fault) {
        meters.counter(Meter.TRAINER_GUARD_FAULTS, fault.name()).increment();
    }

    void guarded(LearningGuard guard) {
        values.put("guard.cameras", (double) guard.setAside());
        values.put("guard.teacher", guard.listensToTeacher() ? 1.0 : 0);
    }

    void wanted() {
        meters.counter(Meter.TRAINER_WANTED).increment();
    }

    /** @param cameras the number of cameras whose labels are doubted */
    void doubted(int cameras) {
        values.put("labels.doubted", (double) cameras);
    }

    void wentBack() {
        meters.counter(Meter.TRAINER_GUARD_RETURNS).increment();
    }

    void published(PublishedStudent student) {
        meters.counter(Meter.TRAINER_VERSIONS).increment();
        values.put("holdout.raw", student.raw().byLabels().miou());
        values.put("holdout.average", student.averaged().byLabels().miou());
        values.put("holdout.frames", (double) student.taken().byLabels().frames());
        values.put("agreement.raw", student.raw().agreement());
        values.put("agreement.average", student.averaged().agreement());
    }

    void checkpointed() {
        checkpointNanos = System.nanoTime();
    }

    void time(Meter timer, Runnable work) {
        meters.timer(timer).record(work);
    }
}
