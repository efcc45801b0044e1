package dev.reflux.teacher.pretrain;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.DatasetSplit;
import dev.reflux.datasets.Frame;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Trains any TorchScript segmentation model on labelled frames: cross-entropy with class weights, photometric and
 * geometric augmentation, polynomial schedule, clipped steps, optionally averaged weights; scores it every few passes
 * and keeps the best.
 *
 * <ol>
 *   <li>Equal settings, frames and threads give the same model bit by bit, interrupted and resumed or not. (A model that
 *       draws random numbers itself, such as by dropout, is the exception.)
 *   <li>An interrupt of the thread ends the run at the next step, behind a checkpoint.
 *   <li>Frames may be of any size and number: they are kept on disk and decoded on loader threads.
 *   <li>A model of other classes is given a fresh last layer if its file can do that, and is refused else.
 * </ol>
 *
 * One thread, which must be the runtime's.
 */
public final class Pretrainer {

    private static final String CHECKPOINT = "pretrain.checkpoint";

    private final TorchRuntime runtime;
    private final PretrainSettings settings;
    private final LabelMapCodec labels = new LabelMapCodec();

    public Pretrainer(TorchRuntime runtime, PretrainSettings settings) {
        this.runtime = runtime;
        this.settings = settings;
    }

    /**
     * Trains, or goes on where a checkpoint in the folder says.
     *
     * @param cardFile of the model to start from; its file lies beside it
     * @param train frames to train on
     * @param test frames to score on, null: the model is not scored and the last one is kept
     * @param name of the new model, its file and its card
     * @param out folder for both and for the checkpoint; made when absent
     * @throws UsageException when model and frames do not fit each other, or a frame cannot be used
     */
    public PretrainReport run(
            Path cardFile,
            DatasetSplit train,
            @Nullable DatasetSplit test,
            String name,
            Path out,
            PretrainListener listener) {
        if (train.count() == 0) {
            throw new UsageException("There are no frames to train on; choose a split that has some.");
        }
        ModelCard read = ModelCard.read(cardFile);
        ModelCard card = settings.view() == null ? read : read.withInputSize(settings.view());
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new UsageException("The folder " + out + " cannot be made; choose another one.", e);
        }
        Path modelFile = card.modelFile(cardFile);
        try (SegmentationModel model =
                SegmentationModel.load(runtime, modelFile, card, SegmentationModel.Mode.TRAINING)) {
            prepare(model, train.schema());
            Counts counts = new Counts(train.schema().classCount());
            int[] gathered = new int[1];
            try (FrameStore frames = FrameStore.of(train, out.resolve("frames.cache"), frame -> {
                count(frame, train.schema(), counts);
                listener.gathered(++gathered[0], train.count());
            })) {
                return new Run(model, frames, counts, test, name, out, listener).toEnd();
            }
        }
    }

    private void prepare(SegmentationModel model, LabelSchema schema) {
        ModelCard card = model.card();
        if (settings.fromScratch()) {
            model.resetParameters((int) settings.seed());
        }
        if (!card.labelSchema().id().equals(schema.id()) || card.labelSchema().classCount() != schema.classCount()) {
            if (!model.resetClasses(schema, (int) settings.seed())) {
                throw new UsageException("The model " + card.name() + " has the "
                        + card.labelSchema().classCount() + " classes of "
                        + card.labelSchema().id() + " and its file cannot be given others; use frames of that schema "
                        + "or a model whose card says \"reheadable\": true.");
            }
        }
    }

    // ---- what is in the labels ---------------------------------------------------------------------------------

    private static final class Counts {
        private final long[] pixels;
        private final long[] framePixels;

        Counts(int classes) {
            pixels = new long[classes];
            framePixels = new long[classes];
        }
    }

    private void count(Frame frame, LabelSchema schema, Counts counts) {
        LabelMap label;
        try {
            label = labels.decode(frame.label(), schema);
        } catch (RejectedFrameException e) {
            throw new UsageException(
                    "Frame " + frame.frameId() + " cannot be trained on: " + e.getMessage() + " Repair or remove it.",
                    e);
        }
        long labelled = 0;
        long[] mine = new long[schema.classCount()];
        for (byte id : label.ids()) {
            if (id != (byte) LabelSchema.IGNORE) {
                mine[id & 0xFF]++;
                labelled++;
            }
        }
        for (int c = 0; c < mine.length; c++) {
            counts.pixels[c] += mine[c];
            counts.framePixels[c] += mine[c] > 0 ? labelled : 0;
        }
    }

    // ---- the run -----------------------------------------------------------------------------------------------

    private final class Run {

        private final SegmentationModel model;
        private final FrameStore frames;
        private final Counts counts;
        private final @Nullable DatasetSplit test;
        private final Path modelFile;
        private final Path cardFile;
        private final String name;
        private final Path checkpointFile;
        private final PretrainListener listener;
        private final String fingerprint;
        private final int stepsPerEpoch;
        private final long steps;
        private double bestMiou = Double.NaN;
        private int bestEpoch;
        private @Nullable SegmentationScore bestScore;

        Run(
                SegmentationModel model,
                FrameStore frames,
                Counts counts,
                @Nullable DatasetSplit test,
                String name,
                Path out,
                PretrainListener listener) {
            this.model = model;
            this.frames = frames;
            this.counts = counts;
            this.test = test;
            this.name = name;
            this.modelFile = out.resolve(name + ".pt");
            this.cardFile = out.resolve(name + ".json");
            this.checkpointFile = out.resolve(CHECKPOINT);
            this.listener = listener;
            this.stepsPerEpoch = WindowLoader.stepsPerEpoch(frames.count(), settings.batchSize());
            this.steps = (long) stepsPerEpoch * settings.epochs();
            this.fingerprint = model.card().sha256() + " frames=" + frames.count() + " " + settings.fingerprint();
        }

        PretrainReport toEnd() {
            float[] weights = settings.classWeights().of(counts.pixels, counts.framePixels);
            try (PretrainUpdates loop = new PretrainUpdates(runtime, model, weights, steps, settings)) {
                long step = resume(loop);
                try (WindowLoader loader = loop.loader(frames, model.card().labelSchema(), step)) {
                    step = train(loop, loader, step);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    step = loop.steps();
                }
                boolean finished = step >= steps;
                checkpoint(loop, step);
                if (bestEpoch == 0 && (finished || test == null)) {
                    loop.withAveragedWeights(() -> save(null));
                }
                return new PretrainReport(
                        finished,
                        modelFile,
                        cardFile,
                        Files.exists(cardFile) ? ModelCard.read(cardFile) : model.card(),
                        step,
                        bestEpoch,
                        bestScore);
            }
        }

        private long resume(PretrainUpdates loop) {
            if (!Files.exists(checkpointFile)) {
                return 0;
            }
            PretrainCheckpoint checkpoint = PretrainCheckpoint.read(checkpointFile, fingerprint);
            loop.restore(checkpoint);
            bestMiou = checkpoint.bestMiou();
            bestEpoch = checkpoint.bestEpoch();
            return checkpoint.step();
        }

        private long train(PretrainUpdates loop, WindowLoader loader, long from) throws InterruptedException {
            long step = from;
            Pace pace = new Pace();
            while (step < steps) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                long start = System.nanoTime();
                PretrainUpdates.Step done = loop.step(loader.next(), step);
                step++;
                double millis = pace.take(System.nanoTime() - start);
                int epoch = (int) ((step - 1) / stepsPerEpoch) + 1;
                listener.stepped(new PretrainProgress(
                        step,
                        steps,
                        epoch,
                        done.loss(),
                        done.learningRate(),
                        done.gradientNorm(),
                        millis,
                        Math.round(millis * (steps - step) / 1000)));
                boolean epochEnds = step % stepsPerEpoch == 0;
                if (epochEnds && (epoch % settings.evaluateEvery() == 0 || step == steps)) {
                    evaluate(loop, epoch);
                }
                if (step % settings.checkpointEvery() == 0) {
                    checkpoint(loop, step);
                }
            }
            return step;
        }

        private void evaluate(PretrainUpdates loop, int epoch) {
            DatasetSplit frames = test;
            if (frames == null) {
                return;
            }
            loop.withAveragedWeights(() -> {
                SegmentationScore score = Scoring.score(runtime, model, frames, settings.batchSize());
                boolean best = !(score.miou() <= bestMiou);
                if (best) {
                    bestMiou = score.miou();
                    bestEpoch = epoch;
                    bestScore = score;
                    save(score);
                }
                listener.evaluated(epoch, score, best);
            });
        }

        private void checkpoint(PretrainUpdates loop, long step) {
            loop.checkpoint(fingerprint, step, bestMiou, bestEpoch).write(checkpointFile);
        }

        private void save(@Nullable SegmentationScore score) {
            model.save(modelFile);
            try {
                PretrainedCard.of(
                                model,
                                name,
                                modelFile,
                                score,
                                test == null ? "" : test.name(),
                                settings,
                                frames.count())
                        .write(cardFile);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Mean time of the last steps. */
    private static final class Pace {
        private double millis = Double.NaN;

        double take(long nanos) {
            double now = nanos / 1e6;
            millis = Double.isNaN(millis) ? now : 0.95 * millis + 0.05 * now;
            return millis;
        }
    }

    static ImageSize windowOf(PretrainSettings settings, ModelCard card) {
        ImageSize view = card.input().size();
        ImageSize window = settings.window();
        if (window == null) {
            return view;
        }
        if (window.width() > view.width() || window.height() > view.height()) {
            throw new UsageException(
                    "A window of " + window + " does not fit into the view of " + view + "; choose a smaller one.");
        }
        return window;
    }
}
