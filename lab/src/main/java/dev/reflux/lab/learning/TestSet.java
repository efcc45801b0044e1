package dev.reflux.lab.learning;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.evaluation.DomainScores;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.torch.model.Segmenter;
import java.util.List;

/** Scores a model as a vehicle would use it: input of one size, output at the size of the label. */
final class TestSet {

    private static final int BATCH = 4;

    private final TorchRuntime runtime;
    private final List<TestFrame> frames;
    private final LabelSchema schema;

    TestSet(TorchRuntime runtime, List<TestFrame> frames, LabelSchema schema) {
        this.runtime = runtime;
        this.frames = frames;
        this.schema = schema;
    }

    int size() {
        return frames.size();
    }

    SegmentationScore score(SegmentationModel model, ImageSize view) {
        DomainScores scores = new DomainScores(schema);
        new Segmenter(runtime, model, view, BATCH)
                .predict(
                        frames.iterator(),
                        TestFrame::image,
                        (frame, map) -> scores.add(
                                frame.domain(), map.ids(), frame.label().ids()));
        return scores.score();
    }
}
