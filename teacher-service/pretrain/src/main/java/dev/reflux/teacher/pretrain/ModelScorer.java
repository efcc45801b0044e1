package dev.reflux.teacher.pretrain;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.datasets.DatasetSplit;
import dev.reflux.datasets.Frame;
import dev.reflux.evaluation.DomainScores;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.torch.model.Segmenter;
import java.util.stream.Stream;

/** Scores a model on the frames of a split that have a label, at the size of the frames. One thread, the runtime's. */
final class ModelScorer {

    private ModelScorer() {}

    static SegmentationScore score(TorchRuntime runtime, SegmentationModel model, DatasetSplit frames, int batchSize) {
        ImageCodec images = ImageCodec.standard();
        LabelMapCodec labels = new LabelMapCodec(images);
        Segmenter segmenter = new Segmenter(runtime, model, model.card().input().size(), batchSize);
        DomainScores scores = new DomainScores(frames.schema());
        try (Stream<Frame> stream = frames.labeledFrames()) {
            segmenter.predict(stream.iterator(), frame -> image(images, frame), (frame, predicted) -> {
                LabelMap label = label(labels, frame, frames, predicted);
                scores.add(frame.domain(), predicted.ids(), label.ids());
            });
        }
        return scores.score();
    }

    private static RgbImage image(ImageCodec images, Frame frame) {
        try {
            return images.decode(frame.image());
        } catch (RejectedFrameException e) {
            throw UnusableFrame.forScoring(frame.frameId(), e);
        }
    }

    private static LabelMap label(LabelMapCodec labels, Frame frame, DatasetSplit frames, LabelMap predicted) {
        try {
            return labels.decode(frame.label(), frames.schema(), predicted.width(), predicted.height());
        } catch (RejectedFrameException e) {
            throw UnusableFrame.forScoring(frame.frameId(), e);
        }
    }
}
