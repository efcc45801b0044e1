package dev.reflux.trainer.update;

import ai.djl.ndarray.NDArray;
import dev.reflux.common.label.LabelMap;
import dev.reflux.torch.image.Predictions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The student's most likely classes of a batch on its logits' grid. They are computed when they are first asked for, and once,
 * whoever asks. The training thread only.
 */
final class StudentClasses {

    private final Predictions predictions;
    private final NDArray logits;
    private @Nullable List<LabelMap> maps;

    /** @param logits s, float [N,C,h,w] */
    StudentClasses(Predictions predictions, NDArray logits) {
        this.predictions = predictions;
        this.logits = logits;
    }

    List<LabelMap> maps() {
        if (maps == null) {
            maps = predictions.argmax(logits);
        }
        return maps;
    }
}
