package dev.reflux.quickstart;

import dev.reflux.common.image.ImageSize;
import dev.reflux.datasets.LabelSchedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
 * @param labels which of them have their label, and when
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
        LabelSchedule labels,
        Path out,
        int threads,
        String device,
        long seed,
        double learningRate) {

    /** Returns the command line of such a run. */
    String command() {
        return String.format(
                Locale.ROOT,
                "reflux quickstart --dataset %s --teacher %s --student %s%s%s%s --seed %d --learning-rate %s --out %s",
                dataset,
                teacherCard,
                studentCard,
                studentSize == null ? "" : " --student-size " + studentSize,
                frames > 0 ? " --frames " + frames : "",
                labelOptions().isEmpty() ? "" : " " + String.join(" ", labelOptions()),
                seed,
                learningRate,
                out);
    }

    /** Returns the options of {@code labels}, as quickstart and {@code fleet push} take them; none for the default. */
    List<String> labelOptions() {
        List<String> options = new ArrayList<>();
        if (labels.every() != LabelSchedule.ALL.every()) {
            options.addAll(List.of("--label-every", String.valueOf(labels.every())));
        }
        if (!labels.later().isZero()) {
            options.addAll(
                    List.of("--labels-later", String.valueOf(labels.later().toSeconds())));
        }
        return options;
    }

    /** What a resumed run must agree on. */
    String fingerprint() {
        return String.format(
                Locale.ROOT,
                "dataset=%s teacher=%s student=%s%s frames=%d seed=%d learning-rate=%s%s",
                dataset,
                teacherCard.getFileName(),
                studentCard.getFileName(),
                studentSize == null ? "" : " at=" + studentSize,
                frames,
                seed,
                learningRate,
                labels.equals(LabelSchedule.ALL)
                        ? ""
                        : " labels=" + labels.every() + "/" + labels.later().toSeconds());
    }
}
