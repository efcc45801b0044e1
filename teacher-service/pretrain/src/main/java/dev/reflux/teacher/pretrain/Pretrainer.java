package dev.reflux.teacher.pretrain;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.DatasetSplit;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Trains any TorchScript segmentation model on labeled frames: cross-entropy with class weights, photometric and geometric
 * augmentation, a polynomial schedule, clipped steps, optionally averaged weights. It scores the model every few epochs and
 * keeps the best one.
 *
 * <ol>
 *   <li>Equal settings, frames and threads give the same model bit by bit, whether the run was interrupted and resumed or
 *       not. A model that draws random numbers itself, such as by dropout, is the exception.
 *   <li>An interrupt of the thread ends the run at the next step, after a checkpoint.
 *   <li>Frames may be of any size and number: they are kept on disk and decoded on loader threads.
 *   <li>A model of other classes is given a new last layer if its file supports that; otherwise it is refused.
 * </ol>
 *
 * <p>Threading: one thread, which must be the runtime's.
 */
public final class Pretrainer {

    private final TorchRuntime runtime;
    private final PretrainSettings settings;

    public Pretrainer(TorchRuntime runtime, PretrainSettings settings) {
        this.runtime = runtime;
        this.settings = settings;
    }

    /**
     * Trains a model, or continues from the checkpoint in the folder.
     *
     * @param cardFile the card of the model to start from; the model's file lies beside it
     * @param train the frames to train on; those without a label are left out
     * @param test the frames to score on, without those that have no label; null: the model is not scored, and the last
     *     one is kept
     * @param name the name of the new model, its file and its card
     * @param out the folder of both and of the checkpoint; created if it does not exist
     * @param listener called on this thread
     * @throws UsageException if the model and the frames do not match, no frame of a split has a label, or a frame cannot be used
     */
    public PretrainReport run(
            Path cardFile,
            DatasetSplit train,
            @Nullable DatasetSplit test,
            String name,
            Path out,
            PretrainListener listener) {
        int labeled = train.requireLabels();
        if (test != null) {
            test.requireLabels();
        }
        ModelCard card = card(cardFile);
        createFolder(out);
        try (SegmentationModel model =
                SegmentationModel.load(runtime, card.modelFile(cardFile), card, SegmentationModel.Mode.TRAINING)) {
            prepare(model, train.schema());
            LabelCounts counts = new LabelCounts(train.schema());
            try (FrameStore frames = gather(train, labeled, counts, out, listener)) {
                BestModel best =
                        new BestModel(model, name, test == null ? "" : test.name(), settings, frames.count(), out);
                return new PretrainRun(runtime, settings, model, frames, test, best, out, listener)
                        .toEnd(counts.weights(settings.classWeights()));
            }
        }
    }

    /** Returns the card of the new model's input: at the view of the settings if there is one. */
    private ModelCard card(Path cardFile) {
        ModelCard read = ModelCard.read(cardFile);
        return settings.view() == null ? read : read.withInputSize(settings.view());
    }

    private static void createFolder(Path out) {
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new UsageException("The folder " + out + " cannot be created; choose another one.", e);
        }
    }

    private void prepare(SegmentationModel model, LabelSchema schema) {
        ModelCard card = model.card();
        int seed = (int) settings.seed();
        if (settings.fromScratch()) {
            model.resetParameters(seed);
        }
        boolean sameClasses = card.labelSchema().id().equals(schema.id())
                && card.labelSchema().classCount() == schema.classCount();
        if (!sameClasses && !model.resetClasses(schema, seed)) {
            throw new UsageException("The model " + card.name() + " has the "
                    + card.labelSchema().classCount() + " classes of "
                    + card.labelSchema().id() + " and its file cannot be given others; use frames of that schema "
                    + "or a model whose card has \"reheadable\": true.");
        }
    }

    /** Copies the labeled frames to disk, and counts their labels on the way. */
    private static FrameStore gather(
            DatasetSplit train, int labeled, LabelCounts counts, Path out, PretrainListener listener) {
        int[] gathered = {0};
        return FrameStore.of(train, out.resolve("frames.cache"), frame -> {
            counts.add(frame);
            listener.gathered(++gathered[0], labeled);
        });
    }
}
