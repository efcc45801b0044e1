package dev.reflux.common.meters;

import java.util.List;

/**
 * Every meter of every service. Dashboards, alerts and documentation name these only. Prometheus writes the dots as
 * underscores; counters end in {@code _total}, timers are in seconds.
 */
public enum Meter {
    TEACHER_FRAMES("reflux.teacher.frames", Kind.COUNTER, "Frames that became samples"),
    TEACHER_REJECTED("reflux.teacher.rejected", Kind.COUNTER, "Frames sent to the dead-letter topic", "reason"),
    TEACHER_BATCH_SIZE("reflux.teacher.batch.size", Kind.SUMMARY, "Frames a batch"),
    TEACHER_STAGE("reflux.teacher.stage", Kind.TIMER, "Time of a batch in one stage", "stage"),
    TEACHER_IN_FLIGHT("reflux.teacher.in.flight", Kind.GAUGE, "Frames taken and not yet published"),
    TEACHER_LAG("reflux.teacher.lag", Kind.GAUGE, "Frames waiting in the topic, over the assigned partitions"),
    TEACHER_SAMPLE_BYTES("reflux.teacher.sample.bytes", Kind.SUMMARY, "Bytes of a published sample"),
    TEACHER_LOST("reflux.teacher.lost", Kind.COUNTER, "Frames that retention removed before they were read"),
    TEACHER_MODEL_FAILURES(
            "reflux.teacher.model.failures",
            Kind.GAUGE,
            "Frames on which the model failed, less those on which it did not; at teacher.model.failure-limit it stops"),
    TEACHER_TRANSACTIONS_ABORTED(
            "reflux.teacher.transactions.aborted", Kind.COUNTER, "Transactions given up and done again"),

    TRAINER_FRAMES("reflux.trainer.frames", Kind.COUNTER, "Samples by what became of them", "outcome"),
    TRAINER_REJECTED("reflux.trainer.rejected", Kind.COUNTER, "Samples sent to the dead-letter topic", "reason"),
    TRAINER_LOST("reflux.trainer.lost", Kind.COUNTER, "Samples that retention removed before they were read"),
    TRAINER_STEPS("reflux.trainer.steps", Kind.COUNTER, "Optimizer steps"),
    TRAINER_STAGE("reflux.trainer.stage", Kind.TIMER, "Time of a step in one stage", "stage"),
    TRAINER_LOSS("reflux.trainer.loss", Kind.GAUGE, "The last step's loss, by term", "term"),
    TRAINER_KMM_TEACHER_SHARE(
            "reflux.trainer.kmm.teacher.share", Kind.GAUGE, "Mean S_t of the last step: the teacher's part in the mix"),
    TRAINER_KEM_MAX_WEIGHT(
            "reflux.trainer.kem.max.weight", Kind.GAUGE, "Mean over classes of the largest weight W of a map"),
    TRAINER_PREQUENTIAL_MIOU("reflux.trainer.prequential.miou", Kind.GAUGE, "Test-then-train mIoU, 0..1"),
    TRAINER_LABELED(
            "reflux.trainer.labeled", Kind.GAUGE, "Part of the last step's teaching pixels that have a label, 0..1"),
    TRAINER_HOLDOUT_MIOU(
            "reflux.trainer.holdout.miou",
            Kind.GAUGE,
            "mIoU on the held-out frames that have a label, 0..1",
            "weights"),
    TRAINER_HOLDOUT_FRAMES(
            "reflux.trainer.holdout.frames",
            Kind.GAUGE,
            "Held-out frames with a label that the last version was scored on"),
    TRAINER_HOLDOUT_AGREEMENT(
            "reflux.trainer.holdout.agreement",
            Kind.GAUGE,
            "While fewer than 8 held-out frames have a label, and others none: part of their cells in which the student says what the teacher says, 0..1",
            "weights"),
    TRAINER_LEARNING_RATE("reflux.trainer.learning.rate", Kind.GAUGE, "The last step's learning rate"),
    TRAINER_GRADIENT_NORM("reflux.trainer.gradient.norm", Kind.GAUGE, "Global norm before clipping"),
    TRAINER_QUEUE("reflux.trainer.queue", Kind.GAUGE, "Decoded samples waiting for the training thread"),
    TRAINER_REPLAY("reflux.trainer.replay", Kind.GAUGE, "Samples in the replay buffer"),
    TRAINER_REPLAY_BYTES("reflux.trainer.replay.bytes", Kind.GAUGE, "Bytes of the samples in the replay buffer"),
    TRAINER_LAG("reflux.trainer.lag", Kind.GAUGE, "Samples waiting in the topic"),
    TRAINER_DRIFTS("reflux.trainer.drifts", Kind.COUNTER, "Drifts that were detected"),
    TRAINER_CHECKPOINT("reflux.trainer.checkpoint", Kind.TIMER, "Time to write a checkpoint"),
    TRAINER_CHECKPOINT_AGE("reflux.trainer.checkpoint.age", Kind.GAUGE, "Seconds since the last checkpoint"),
    TRAINER_GUARD_FAULTS(
            "reflux.trainer.guard.faults",
            Kind.COUNTER,
            "Frames that the guard found at fault, by what is wrong",
            "fault"),
    TRAINER_GUARD_CAMERAS("reflux.trainer.guard.cameras", Kind.GAUGE, "Cameras that are set aside"),
    TRAINER_GUARD_TEACHER(
            "reflux.trainer.guard.teacher", Kind.GAUGE, "1 while the teacher is listened to, 0 while it is not"),
    TRAINER_LABELS_DOUBTED(
            "reflux.trainer.labels.doubted",
            Kind.GAUGE,
            "Cameras whose labels disagree with teacher and student far more than the others' do"),
    TRAINER_GUARD_SKIPPED(
            "reflux.trainer.guard.skipped", Kind.COUNTER, "Optimizer steps skipped for their gradient's norm"),
    TRAINER_GUARD_RETURNS("reflux.trainer.guard.returns", Kind.COUNTER, "Returns to the last good weights"),
    TRAINER_WANTED("reflux.trainer.wanted", Kind.COUNTER, "Frames chosen to be labeled"),
    TRAINER_VERSIONS("reflux.trainer.versions", Kind.COUNTER, "Student versions published"),

    REGISTRY_REQUESTS("reflux.registry.requests", Kind.TIMER, "HTTP requests", "route", "status"),
    REGISTRY_WATCHERS("reflux.registry.watchers", Kind.GAUGE, "Vehicles waiting for a new version"),
    REGISTRY_VERSION("reflux.registry.version", Kind.GAUGE, "Version that an alias points at", "model", "alias");

    /** Kind of a meter. */
    public enum Kind {
        COUNTER,
        GAUGE,
        TIMER,
        SUMMARY
    }

    private final String id;
    private final Kind kind;
    private final String description;
    private final List<String> tags;

    Meter(String id, Kind kind, String description, String... tags) {
        this.id = id;
        this.kind = kind;
        this.description = description;
        this.tags = List.of(tags);
    }

    /** Returns the name with dots. */
    public String id() {
        return id;
    }

    /** Returns the kind. */
    public Kind kind() {
        return kind;
    }

    /** Returns the description, as {@code /metrics} and docs/meters.md show it. */
    public String description() {
        return description;
    }

    /** Returns the keys of the tags, in order. */
    public List<String> tags() {
        return tags;
    }

    /** Returns the name in Prometheus. */
    public String prometheusName() {
        String name = id.replace('.', '_');
        return switch (kind) {
            case COUNTER -> name + "_total";
            case TIMER -> name + "_seconds";
            case GAUGE, SUMMARY -> name;
        };
    }
}
