package dev.reflux.benchmarks.throughput;

import dev.reflux.benchmarks.report.PytorchFigures;
import dev.reflux.benchmarks.report.Spread;
import dev.reflux.common.model.ModelCard;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.StepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * Measures the cost of a frame stage by stage, and the cost of the stream: the ratio of frames a second of the real
 * services on a real broker to frames a second of the same work fed from memory. Both run in pairs of alternating order.
 */
public final class ThroughputBenchmark {

    private static final int TEACHER_FRAMES_FACTOR = 4;
    private static final int MOST_LAPS = 8;
    private static final int WALKED_FRAMES = 40;
    private static final int SETTLING_STEPS = 8;
    /** The trainer's default batch: 4 new and 4 replayed frames. */
    private static final int BATCH = 8;

    private static final int STEPS_A_WINDOW = 4;

    private final ThroughputSettings settings;
    private final Consumer<String> progress;

    /** @param progress receives a line of progress */
    public ThroughputBenchmark(ThroughputSettings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** @throws dev.reflux.common.failure.UsageException if data set, teacher and student do not fit together */
    public ThroughputFigures run() {
        try (EmbeddedStream stream =
                EmbeddedStream.open(settings, TEACHER_FRAMES_FACTOR * settings.frames(), progress)) {
            TeacherRuns teacher = new TeacherRuns(stream);
            // Fills the topic that the trainer reads, and warms up compilation and caches.
            progress.accept("teacher: warming up");
            teacher.throughKafka();
            teacher.lengthen(laps(teacher.fromMemory(), teacher.frames()));
            ThroughputFigures.StreamFigures teacherStream =
                    paired("teacher", teacher.frames(), teacher::throughKafka, teacher::fromMemory);
            progress.accept("teacher: stage by stage");
            StageFigures teacherStages = teacher.walk(TEACHER_FRAMES_FACTOR * WALKED_FRAMES);

            int frames = Math.min(settings.frames(), stream.frames().size());
            TrainerRuns trainer = new TrainerRuns(stream, frames);
            progress.accept("trainer: stage by stage");
            StageFigures trainerStages = trainer.walk(WALKED_FRAMES);
            List<TrainingSample> samples = trainer.samples();
            List<StepReport> steps = new ArrayList<>();
            ThroughputFigures.StreamFigures trainerStream =
                    paired("trainer", frames, trainer::throughKafka, () -> trainer.fromMemory(samples, steps::add));
            return new ThroughputFigures(
                    stream.dataset().id(),
                    stream.view().toString(),
                    stream.teacher().name(),
                    ModelCard.read(settings.student()).name(),
                    settings.threads(),
                    teacherStages,
                    trainerStages,
                    teacherStream,
                    trainerStream,
                    step(stream, steps));
        }
    }

    /** Returns enough laps for a long run: a short one would measure the compilation of broker and clients. */
    private int laps(double framesPerSecond, int frames) {
        return (int) Math.max(1, Math.min(MOST_LAPS, Math.ceil(settings.teacherSeconds() * framesPerSecond / frames)));
    }

    private ThroughputFigures.StreamFigures paired(
            String who, int frames, DoubleSupplier throughKafka, DoubleSupplier fromMemory) {
        List<Double> kafka = new ArrayList<>();
        List<Double> memory = new ArrayList<>();
        for (int round = 0; round < settings.rounds(); round++) {
            progress.accept(String.format(Locale.ROOT, "%s: pair %d of %d", who, round + 1, settings.rounds()));
            if (round % 2 == 0) {
                kafka.add(throughKafka.getAsDouble());
                memory.add(fromMemory.getAsDouble());
            } else {
                memory.add(fromMemory.getAsDouble());
                kafka.add(throughKafka.getAsDouble());
            }
        }
        return new ThroughputFigures.StreamFigures(
                frames, Spread.of(kafka), Spread.of(memory), Spread.ofRatios(kafka, memory));
    }

    /** Summarizes the steps on whole batches without a prequential score, which is the work of plain PyTorch's step. */
    private ThroughputFigures.StepFigures step(EmbeddedStream stream, List<StepReport> steps) {
        PytorchFigures stored = PytorchFigures.stored();
        String student = ModelCard.read(settings.student()).name();
        Spread ours = Spread.of(steps.stream()
                .filter(step -> step.step() > SETTLING_STEPS && step.step() % STEPS_A_WINDOW != 1)
                .map(step -> step.times().total() - step.times().prepare())
                .toList());
        Optional<PytorchFigures.StepFigures> plain = stored.step(
                student,
                BATCH,
                stream.dataset().schema().classCount(),
                stream.view().height(),
                stream.view().width());
        return new ThroughputFigures.StepFigures(
                BATCH,
                ours,
                plain.map(one -> one.step().median()).orElse(null),
                plain.map(PytorchFigures.StepFigures::layout).orElse(null),
                plain.map(one -> one.step().median() / ours.median()).orElse(Double.NaN),
                stored.source());
    }
}
