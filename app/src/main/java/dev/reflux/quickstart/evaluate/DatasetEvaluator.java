package dev.reflux.quickstart.evaluate;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.Frame;
import dev.reflux.evaluation.DomainScores;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.torch.model.Segmenter;
import java.util.Iterator;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/** Scores a model on every frame of a split that has a label, each at its own size. */
public final class DatasetEvaluator {

    private static final int BATCH = 4;

    private final TorchRuntime runtime;
    private final ImageCodec images = ImageCodec.standard();
    private final LabelMapCodec labels = new LabelMapCodec();

    public DatasetEvaluator(TorchRuntime runtime) {
        this.runtime = runtime;
    }

    /** Sees every scored frame with its label and prediction. */
    public interface FrameViewer {
        void view(int place, RgbImage image, LabelMap label, LabelMap predicted);
    }

    private record Placed(int place, Frame frame) {}

    private record Decoded(int place, String domain, RgbImage image, LabelMap label) {}

    /**
     * @param view the size at which the model looks
     * @param viewer sees each frame
     * @param progress is told the number of frames done, those without a label among them
     * @throws UsageException when the classes of model and data set differ, a frame cannot be read, or
     *     the split has nothing to score
     */
    public SegmentationScore score(
            SegmentationModel model,
            Dataset dataset,
            String split,
            ImageSize view,
            FrameViewer viewer,
            IntConsumer progress) {
        if (model.card().labelSchema().classCount() != dataset.schema().classCount()) {
            throw new UsageException("The model " + model.card().name() + " knows "
                    + model.card().labelSchema().classCount() + " classes and the data set " + dataset.id() + " has "
                    + dataset.schema().classCount() + "; evaluate it on a data set of its own schema.");
        }
        DomainScores scores = new DomainScores(dataset.schema());
        int[] place = {0};
        try (Stream<Frame> frames = dataset.frames(split)) {
            Iterator<Decoded> decoded = frames.map(frame -> new Placed(place[0]++, frame))
                    .filter(placed -> placed.frame().labeled())
                    .map(placed -> decode(placed.frame(), dataset, placed.place()))
                    .iterator();
            new Segmenter(runtime, model, view, BATCH).predict(decoded, Decoded::image, (item, predicted) -> {
                scores.add(item.domain(), predicted.ids(), item.label().ids());
                viewer.view(item.place(), item.image(), item.label(), predicted);
                progress.accept(item.place() + 1);
            });
        }
        SegmentationScore score = scores.score();
        if (Double.isNaN(score.miou())) {
            throw new UsageException("The split \"" + split + "\" of " + dataset.id() + " has "
                    + (place[0] == 0 ? "no frame" : "no labeled pixel in its " + place[0] + " frames")
                    + ", and a score of none would mean nothing; give a split with labels.");
        }
        return score;
    }

    private Decoded decode(Frame frame, Dataset dataset, int place) {
        try {
            RgbImage image = images.decode(frame.image());
            LabelMap label = labels.decode(frame.label(), dataset.schema(), image.width(), image.height());
            return new Decoded(place, frame.domain(), image, label);
        } catch (RejectedFrameException e) {
            throw new UsageException(
                    "Frame " + frame.frameId() + " of " + dataset.id() + " cannot be scored: " + e.getMessage(), e);
        }
    }
}
