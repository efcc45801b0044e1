package dev.reflux.benchmarks.throughput;

import dev.reflux.benchmarks.report.Spread;
import dev.reflux.benchmarks.report.Table;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The figures of {@link ThroughputBenchmark}.
 *
 * @param dataset the streamed data set
 * @param view the input size of both models, such as 256x160
 * @param teacher the name of the teacher
 * @param student the name of the student
 * @param threads number of compute threads
 * @param teacherStages the cost of the teacher's stages
 * @param trainerStages the cost of the trainer's stages
 * @param teacherStream the teacher service, and its stages from memory
 * @param trainerStream the trainer service, and its updates from memory
 * @param step the training step, and that of plain PyTorch
 */
public record ThroughputFigures(
        String dataset,
        String view,
        String teacher,
        String student,
        int threads,
        StageFigures teacherStages,
        StageFigures trainerStages,
        StreamFigures teacherStream,
        StreamFigures trainerStream,
        StepFigures step) {

    /**
     * Frames a second.
     *
     * @param frames number of frames of each run
     * @param kafka frames a second through the broker
     * @param memory frames a second of the same work from memory
     * @param ratio kafka / memory, pair by pair
     */
    public record StreamFigures(int frames, Spread kafka, Spread memory, Spread ratio) {}

    /**
     * Milliseconds of forward, loss, backward and update.
     *
     * @param batch number of frames in the batch
     * @param ours in this process, label and teacher tensors made on the way
     * @param pytorch stored median of plain PyTorch's faster layout; null when there is none of this student and size
     * @param layout which layout that was; null when there is none
     * @param ratio PyTorch's median over ours; NaN when there is none
     * @param source where PyTorch's figure comes from
     */
    public record StepFigures(
            int batch, Spread ours, @Nullable Double pytorch, @Nullable String layout, double ratio, String source) {}

    /** Returns the figures as tables. */
    public String text() {
        return String.format(
                        Locale.ROOT,
                        "%s at %s, teacher %s, student %s, %d threads%n%n",
                        dataset,
                        view,
                        teacher,
                        student,
                        threads)
                + teacherStages.table("teacher, stage by stage") + "\n"
                + trainerStages.table("trainer, stage by stage") + "\n"
                + streams() + "\n" + stepText();
    }

    private Table streams() {
        Table table = new Table("frames a second, median (min-max)", "through Kafka", "from memory", "ratio");
        row(table, "teacher", teacherStream);
        row(table, "trainer", trainerStream);
        return table;
    }

    private static void row(Table table, String name, StreamFigures stream) {
        table.row(
                name + ", " + stream.frames() + " frames, " + stream.ratio().times() + " pairs",
                stream.kafka().toString(),
                stream.memory().toString(),
                stream.ratio().toString());
    }

    private String stepText() {
        String own = "training step of " + step.batch() + " frames: " + step.ours() + " ms";
        return step.pytorch() == null
                ? own + "; no figure of plain PyTorch is stored for this student and size\n"
                : String.format(
                        Locale.ROOT,
                        "%s; plain PyTorch's (%s, %s): %.1f ms, %.2f times ours%n",
                        own,
                        step.layout(),
                        step.source(),
                        step.pytorch(),
                        step.ratio());
    }
}
