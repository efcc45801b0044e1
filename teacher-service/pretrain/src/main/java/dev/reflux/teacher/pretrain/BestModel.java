package dev.reflux.teacher.pretrain;

import dev.reflux.common.model.ModelCard;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.torch.model.SegmentationModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The model file and card that a run leaves: those with the best score so far. One thread. */
final class BestModel {

    private final SegmentationModel model;
    private final String name;
    private final String scoredOn;
    private final PretrainSettings settings;
    private final int frames;
    private final Path modelFile;
    private final Path cardFile;
    private double miou = Double.NaN;
    private int epoch;
    private @Nullable SegmentationScore score;

    /**
     * @param name the name of the model, its file and its card
     * @param scoredOn the name of the split that scores are measured on; empty if none is
     * @param frames the number of training frames, for the card
     * @param folder the folder of both files
     */
    BestModel(
            SegmentationModel model, String name, String scoredOn, PretrainSettings settings, int frames, Path folder) {
        this.model = model;
        this.name = name;
        this.scoredOn = scoredOn;
        this.settings = settings;
        this.frames = frames;
        this.modelFile = folder.resolve(name + ".pt");
        this.cardFile = folder.resolve(name + ".json");
    }

    /** Continues with the best score of a checkpoint. Its files are in the folder already. */
    void resume(PretrainCheckpoint checkpoint) {
        miou = checkpoint.bestMiou();
        epoch = checkpoint.bestEpoch();
    }

    /**
     * Saves the model as it is now if its score is the best.
     *
     * @return whether it is
     */
    boolean offer(int scoredEpoch, SegmentationScore candidate) {
        if (candidate.miou() <= miou) {
            return false;
        }
        miou = candidate.miou();
        epoch = scoredEpoch;
        score = candidate;
        save(candidate);
        return true;
    }

    /** Saves the model as it is now, without a score. */
    void saveUnscored() {
        save(null);
    }

    /** Returns the best mean IoU, 0..1; NaN without a score. */
    double miou() {
        return miou;
    }

    /** Returns the epoch of the best score, 0 without one. */
    int epoch() {
        return epoch;
    }

    PretrainReport report(boolean finished, long steps) {
        ModelCard card = Files.exists(cardFile) ? ModelCard.read(cardFile) : model.card();
        return new PretrainReport(finished, modelFile, cardFile, card, steps, epoch, score);
    }

    private void save(@Nullable SegmentationScore saved) {
        model.save(modelFile);
        try {
            PretrainedCard.of(model, name, modelFile, saved, scoredOn, settings, frames)
                    .write(cardFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
