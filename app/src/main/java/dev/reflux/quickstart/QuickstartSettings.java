package dev.reflux.quickstart;

import dev.reflux.common.image.ImageSize;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a quickstart runs on.
 *
 * @param dataset as {@code DatasetCatalog.open} takes it
 * @param teacherCard the teacher's card; its projection head is fitted when none lies beside it
 * @param studentCard the untrained student's card
 * @param studentSize the size at which the student looks at frames; null for the teacher's
 * @param frames at most so many of the train split; 0: all
 * @param out where everything goes
 * @param threads of compute
 * @param device cpu, cuda:N or auto
 * @param seed of weights, batches and augmentation
 * @param learningRate of the student's AdamW, above 0
 */
public record QuickstartSettings(
        String dataset,
        Path teacherCard,
        Path studentCard,
        @Nullable ImageSize studentSize,
        int frames,
        Path out,
        int threads,
        String device,
        long seed,
        double learningRate) {

    /** Returns the command line of such a run. */
    String command() {
        return String.format(
                Locale.ROOT,
                "reflux quickstart --dataset %s --teacher %s --student %s%s%s --seed %d --learning-rate %s --out %s",
                dataset,
                teacherCard,
                studentCard,
                studentSize == null ? "" : " --student-size " + studentSize,
                frames > 0 ? " --frames " + frames : "",
                seed,
                learningRate,
                out);
    }

    /** What a resumed run must agree on. */
    String fingerprint() {
        return String.format(
                Locale.ROOT,
                "dataset=%s teacher=%s student=%s%s frames=%d seed=%d learning-rate=%s",
                dataset,
                teacherCard.getFileName(),
                studentCard.getFileName(),
                studentSize == null ? "" : " at=" + studentSize,
                frames,
                seed,
                learningRate);
    }
}
