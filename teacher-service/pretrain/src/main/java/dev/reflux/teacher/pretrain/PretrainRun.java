package dev.reflux.teacher.pretrain;

import dev.reflux.datasets.DatasetSplit;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The steps of one pre-training, from the beginning or from a checkpoint: updates, scores, checkpoints. One thread; an
 * interrupt ends the run at the next step, after a checkpoint.
 */
final class PretrainRun {

    private static final String CHECKPOINT = "pretrain.checkpoint";

    private final TorchRuntime runtime;
    private final PretrainSettings settings;
    private final SegmentationModel model;
    private final FrameStore frames;
    private final @Nullable DatasetSplit test;
    private final BestModel best;
    private final Path checkpointFile;
    private final PretrainListener listener;
    private final String fingerprint;
    private final int stepsPerEpoch;
    private final long steps;
    private final StepPace pace = new StepPace();

    /**
     * @param test the frames to score on, or null
     * @param best the model that the run leaves
     * @param folder the folder of the checkpoint
     */
    PretrainRun(
            TorchRuntime runtime,
            PretrainSettings settings,
            SegmentationModel model,
            FrameStore frames,
            @Nullable DatasetSplit test,
            BestModel best,
            Path folder,
            PretrainListener listener) {
        this.runtime = runtime;
        this.settings = settings;
        this.model = model;
        this.frames = frames;
        this.test = test;
        this.best = best;
        this.checkpointFile = folder.resolve(CHECKPOINT);
        this.listener = listener;
        this.stepsPerEpoch = WindowLoader.stepsPerEpoch(frames.count(), settings.batchSize());
        this.steps = (long) stepsPerEpoch * settings.epochs();
        this.fingerprint = model.card().sha256() + " frames=" + frames.count() + " " + settings.fingerprint();
    }

    /** @param classWeights the weight of each class in the loss */
    PretrainReport toEnd(float[] classWeights) {
        try (PretrainUpdates updates = new PretrainUpdates(runtime, model, classWeights, steps, settings)) {
            resume(updates);
            trainUntilInterrupted(updates);
            boolean finished = updates.steps() >= steps;
            checkpoint(updates);
            if (best.epoch() == 0 && (finished || test == null)) {
                updates.withAveragedWeights(best::saveUnscored);
            }
            return best.report(finished, updates.steps());
        }
    }

    private void resume(PretrainUpdates updates) {
        if (Files.exists(checkpointFile)) {
            PretrainCheckpoint checkpoint = PretrainCheckpoint.read(checkpointFile, fingerprint);
            updates.restore(checkpoint);
            best.resume(checkpoint);
        }
    }

    private void trainUntilInterrupted(PretrainUpdates updates) {
        try (WindowLoader loader = updates.loader(frames, model.card().labelSchema())) {
            while (updates.steps() < steps) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                step(updates, loader);
                scoreAndSave(updates);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void step(PretrainUpdates updates, WindowLoader loader) throws InterruptedException {
        long start = System.nanoTime();
        PretrainUpdates.Step done = updates.step(loader.next());
        double millis = pace.add(System.nanoTime() - start);
        listener.stepped(new PretrainProgress(
                updates.steps(),
                steps,
                epochOf(updates.steps()),
                done.loss(),
                done.learningRate(),
                done.gradientNorm(),
                millis,
                Math.round(millis * (steps - updates.steps()) / 1000)));
    }

    /** Returns the epoch that the last of the given number of steps belongs to, counted from 1. */
    private int epochOf(long done) {
        return (int) ((done - 1) / stepsPerEpoch) + 1;
    }

    private void scoreAndSave(PretrainUpdates updates) {
        long done = updates.steps();
        int epoch = epochOf(done);
        boolean epochEnds = done % stepsPerEpoch == 0;
        if (test != null && epochEnds && (epoch % settings.evaluateEvery() == 0 || done == steps)) {
            score(updates, test, epoch);
        }
        if (done % settings.checkpointEvery() == 0) {
            checkpoint(updates);
        }
    }

    private void score(PretrainUpdates updates, DatasetSplit split, int epoch) {
        updates.withAveragedWeights(() -> {
            SegmentationScore score = ModelScorer.score(runtime, model, split, settings.batchSize());
            listener.evaluated(epoch, score, best.offer(epoch, score));
        });
    }

    private void checkpoint(PretrainUpdates updates) {
        updates.checkpoint(fingerprint, best.miou(), best.epoch()).write(checkpointFile);
    }
}
