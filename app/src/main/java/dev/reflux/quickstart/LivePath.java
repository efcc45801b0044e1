package dev.reflux.quickstart;

import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.embedded.EmbeddedKafka;
import dev.reflux.fleet.push.FramePusher;
import dev.reflux.fleet.push.PushListener;
import dev.reflux.fleet.push.PushSettings;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.registry.store.StoreSettings;
import dev.reflux.teacher.TeacherConfig;
import dev.reflux.teacher.TeacherService;
import dev.reflux.teacher.TeacherSnapshot;
import dev.reflux.trainer.TrainerConfig;
import dev.reflux.trainer.TrainerService;
import dev.reflux.trainer.checkpoint.TrainerState;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Camera, teacher and trainer on one broker, until every frame has become a step, a held-out frame or a dead letter, and every late label has come. */
final class LivePath {

    private static final long LOOK_EVERY_MILLIS = 200;

    private final RunPlan plan;
    private final StreamedFrames frames;
    private final KafkaSettings kafka;
    private final RunHistory history;
    private final Progress progress;
    private final CountDownLatch stop;
    private final Map<String, String> teacherOverrides;
    private final Map<String, String> trainerOverrides;

    LivePath(
            RunPlan plan,
            StreamedFrames frames,
            Workspace workspace,
            EmbeddedKafka broker,
            StoreSettings s3,
            Path head,
            RunHistory history,
            Progress progress,
            CountDownLatch stop) {
        this.plan = plan;
        this.frames = frames;
        this.kafka = KafkaSettings.of(broker.bootstrapServers());
        this.history = history;
        this.progress = progress;
        this.stop = stop;
        this.teacherOverrides = plan.teacherOverrides(kafka, head, workspace);
        this.trainerOverrides = plan.trainerOverrides(kafka, s3, workspace);
    }

    /**
     * What became of the stream.
     *
     * @param deadLettered different records in the dead-letter topic
     * @param seconds of streaming, in this process
     * @param teacherMillis of work a frame, over all stages of the teacher
     * @param config of both services
     */
    record Outcome(
            TrainerState.Counts counts,
            long deadLettered,
            double seconds,
            double teacherMillis,
            double wireBytesPerFrame,
            Map<String, String> config) {}

    /** @throws Quickstart.Interrupted when the run is stopped */
    Outcome stream() {
        progress.doing("starting teacher and trainer");
        Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));
        LiveProgress live = new LiveProgress(progress, history, frames.count());
        long began = System.nanoTime();
        try (Stream stream = new Stream(kafka)) {
            TrainerState.Counts counts;
            TeacherSnapshot taught;
            try (TrainerService trainer = TrainerService.start(
                            ConfigLoader.load(TrainerConfig.class, null, Map.of(), trainerOverrides), live);
                    TeacherService teacher = TeacherService.start(
                            ConfigLoader.load(TeacherConfig.class, null, Map.of(), teacherOverrides), live);
                    FramePusher pusher = FramePusher.open(PushSettings.to(kafka))) {
                live.watch(trainer);
                Thread stopper = stopWith(trainer);
                progress.doing("streaming");
                push(pusher, stream, teacher, trainer);
                taught = teacher.snapshot();
                progress.doing("waiting for the trainer");
                finish(trainer, frames.count() - lettersOfTheTeacher(stream));
                stopper.interrupt();
                requireHealth(teacher, trainer);
                counts = trainer.counts();
            }
            Map<String, String> config = new HashMap<>(trainerOverrides);
            config.putAll(teacherOverrides);
            return new Outcome(
                    counts,
                    stream.deadLetters().size(),
                    (System.nanoTime() - began) / 1e9,
                    taught.millisPerFrame().values().stream()
                            .mapToDouble(Double::doubleValue)
                            .sum(),
                    taught.samples() == 0 ? Double.NaN : (double) taught.wireBytes() / taught.samples(),
                    config);
        }
    }

    /** Pushes what is not in the topic yet, on a thread of its own, and waits until the teacher is through. */
    private void push(FramePusher pusher, Stream stream, TeacherService teacher, TrainerService trainer) {
        long there = stream.pushed();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread camera = new Thread(() -> pusher.push(frames.messages(), there, PushListener.SILENT), "camera");
        camera.setDaemon(true);
        camera.setUncaughtExceptionHandler((thread, error) -> failure.set(error));
        if (there < frames.count()) {
            camera.start();
        }
        while (stream.taught(RunPlan.TEACHER_GROUP) < frames.count()) {
            if (stoppedWithin(LOOK_EVERY_MILLIS)) {
                pusher.stop();
                throw new Quickstart.Interrupted();
            }
            Throwable error = failure.get();
            if (!camera.isAlive() && pusher.progress().refused() > 0) {
                throw new UsageException(pusher.progress().refused() + " frames of "
                        + plan.dataset().id()
                        + " are over the limit of a record; make their images smaller, or compress them more.");
            }
            if (error != null) {
                throw error instanceof RuntimeException known ? known : new IllegalStateException(error);
            }
            requireHealth(teacher, trainer);
        }
    }

    /** A stop ends the trainer at once: it must not train what the teacher still hands on. */
    private Thread stopWith(TrainerService trainer) {
        Thread stopper = new Thread(
                () -> {
                    try {
                        stop.await();
                        progress.doing("ending the teacher and the trainer behind a checkpoint");
                        trainer.close();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "stop-trainer");
        stopper.setDaemon(true);
        stopper.start();
        return stopper;
    }

    private void finish(TrainerService trainer, long samples) {
        trainer.finishAfter(samples);
        if (stop.getCount() == 0) {
            throw new Quickstart.Interrupted();
        }
    }

    private static void requireHealth(TeacherService teacher, TrainerService trainer) {
        teacher.failure().ifPresent(cause -> {
            throw new IllegalStateException("the teacher stopped: " + cause.getMessage(), cause);
        });
        trainer.failure().ifPresent(cause -> {
            throw new IllegalStateException("the trainer stopped: " + cause.getMessage(), cause);
        });
    }

    private static long lettersOfTheTeacher(Stream stream) {
        return stream.deadLetters().stream()
                .filter(source -> source.startsWith(Topics.FRAMES_LABELED))
                .count();
    }

    private boolean stoppedWithin(long millis) {
        try {
            return stop.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }
}
