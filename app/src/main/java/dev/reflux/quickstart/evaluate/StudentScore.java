package dev.reflux.quickstart.evaluate;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.Dataset;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import java.nio.file.Path;

/** How good saved students are on a dataset's test split, looked at as a quickstart does. One thread. */
public final class StudentScore {

    private final TorchRuntime runtime;
    private final Dataset frames;

    public StudentScore(TorchRuntime runtime, Dataset frames) {
        this.runtime = runtime;
        this.frames = frames;
    }

    /** mIoU, 0 to 1, of the student whose card this is; its file lies beside it. */
    public double miou(Path cardFile) {
        ModelCard card = ModelCard.read(cardFile);
        try (SegmentationModel student =
                SegmentationModel.load(runtime, card.modelFile(cardFile), card, SegmentationModel.Mode.INFERENCE)) {
            ImageSize view = frames.size().upTo(card.input().size());
            return new DatasetEvaluator(runtime)
                    .score(student, frames, "test", view, (place, image, label, predicted) -> {}, done -> {})
                    .miou();
        }
    }
}
