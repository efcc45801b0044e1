package dev.reflux.teacher.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.DatasetSplit;
import dev.reflux.datasets.folder.FolderExport;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PretrainerTest {

    private static final Path CARD = Path.of("../../models/fixtures/tiny-teacher.json");
    private static final DatasetSplit FRAMES = new DatasetSplit(DatasetCatalog.open("synthetic:5,24"), "train");
    private static final ImageSize WINDOW = new ImageSize(64, 48);

    @TempDir
    private Path out;

    private TorchRuntime runtime;

    @BeforeEach
    void start() {
        runtime = TorchRuntime.start(new TorchOptions(1, "cpu"));
    }

    @AfterEach
    void stop() {
        Thread.interrupted();
        runtime.close();
    }

    private static PretrainSettings settings(int epochs, double learningRate, double ema) {
        return new PretrainSettings(
                epochs,
                4,
                null,
                WINDOW,
                PretrainSettings.OptimizerKind.ADAMW,
                learningRate,
                1e-2,
                3,
                0.9,
                5,
                ClassWeights.MEDIAN_FREQUENCY,
                2,
                1.5,
                0.3f,
                true,
                ema,
                true,
                1,
                2,
                2,
                11);
    }

    /** No augmentation, no weights: what is seen is what is learned. */
    private static PretrainSettings plain(int epochs) {
        return plain(epochs, null);
    }

    private static PretrainSettings plain(int epochs, @Nullable ImageSize view) {
        return new PretrainSettings(
                epochs,
                4,
                view,
                null,
                PretrainSettings.OptimizerKind.SGD,
                0.1,
                1e-4,
                0,
                0.9,
                5,
                ClassWeights.NONE,
                4,
                1,
                0,
                false,
                0,
                true,
                1,
                1000,
                1,
                3);
    }

    private static double meanLoss(List<PretrainProgress> steps) {
        return steps.stream().mapToDouble(PretrainProgress::loss).average().orElseThrow();
    }

    @Test
    void givenARunThatIsInterrupted_whenResumed_thenTheModelIsTheSameBitByBit() throws Exception {
        PretrainSettings settings = settings(2, 1e-2, 0.9);
        Path straight = out.resolve("straight");
        Path broken = out.resolve("broken");
        PretrainReport whole =
                new Pretrainer(runtime, settings).run(CARD, FRAMES, null, "m", straight, PretrainListener.SILENT);

        PretrainReport part = new Pretrainer(runtime, settings).run(CARD, FRAMES, null, "m", broken, stopAfter(5));
        boolean wasInterrupted = Thread.interrupted();
        PretrainReport rest =
                new Pretrainer(runtime, settings).run(CARD, FRAMES, null, "m", broken, PretrainListener.SILENT);

        assertThat(wasInterrupted).isTrue();
        assertThat(part.finished()).isFalse();
        assertThat(part.steps()).isEqualTo(5);
        assertThat(rest.finished()).isTrue();
        assertThat(rest.steps()).isEqualTo(whole.steps()).isEqualTo(12);
        assertThat(checkpoint(broken).weights()).isEqualTo(checkpoint(straight).weights());
        assertThat(checkpoint(broken).optimizer())
                .isEqualTo(checkpoint(straight).optimizer());
        assertThat(checkpoint(broken).average()).isEqualTo(checkpoint(straight).average());
        assertThat(checkpoint(straight).weights()).isNotEqualTo(firstWeights(settings));
    }

    private static PretrainListener stopAfter(long steps) {
        return new PretrainListener() {
            @Override
            public void stepped(PretrainProgress progress) {
                if (progress.step() == steps) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }

    private static PretrainCheckpoint checkpoint(Path folder) throws Exception {
        Path file = folder.resolve("pretrain.checkpoint");
        byte[] bytes = Files.readAllBytes(file);
        int length = ((bytes[4] & 0xFF) << 8) | bytes[5] & 0xFF;
        return PretrainCheckpoint.read(file, new String(Arrays.copyOfRange(bytes, 6, 6 + length), "UTF-8"));
    }

    private byte[] firstWeights(PretrainSettings settings) throws Exception {
        Path folder = out.resolve("first");
        new Pretrainer(runtime, settings).run(CARD, FRAMES, null, "m", folder, stopAfter(1));
        Thread.interrupted();
        return checkpoint(folder).weights();
    }

    @Test
    void givenFramesOfWhichSomeHaveALabel_whenTrained_thenTheModelIsThatOfThoseFramesBitByBit() throws Exception {
        Path some = exported("some");
        Path chosen = exported("chosen");
        List<String> names = Files.readAllLines(some.resolve("splits/train.txt"));
        for (String name : names.subList(0, 10)) {
            Files.delete(some.resolve("labels/" + name + ".png"));
        }
        Files.write(chosen.resolve("splits/train.txt"), names.subList(10, names.size()));
        List<String> gathered = new ArrayList<>();
        PretrainListener listener = new PretrainListener() {
            @Override
            public void gathered(int frames, int of) {
                gathered.add(frames + "/" + of);
            }
        };
        Pretrainer pretrainer = new Pretrainer(runtime, settings(1, 1e-2, 0.9));
        pretrainer.run(CARD, train(chosen), null, "m", out.resolve("a"), PretrainListener.SILENT);

        PretrainReport report = pretrainer.run(CARD, train(some), null, "m", out.resolve("b"), listener);

        assertThat(gathered).hasSize(14).startsWith("1/14").endsWith("14/14");
        assertThat(checkpoint(out.resolve("b")).weights())
                .isEqualTo(checkpoint(out.resolve("a")).weights());
        assertThat(Files.readString(report.cardFile())).contains("on 14 frames");
    }

    @Test
    void givenAScoredSplitOfWhichSomeHaveALabel_whenTrained_thenTheScoreIsOfThose() throws Exception {
        Path some = exported("some");
        List<String> names = Files.readAllLines(some.resolve("splits/train.txt"));
        for (String name : names.subList(0, 20)) {
            Files.delete(some.resolve("labels/" + name + ".png"));
        }

        PretrainReport report = new Pretrainer(runtime, plain(1))
                .run(CARD, FRAMES, train(some), "m", out.resolve("a"), PretrainListener.SILENT);

        assertThat(report.score())
                .isNotNull()
                .extracting(SegmentationScore::frames)
                .isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givenASplitWithoutALabel_whenTrained_thenOneSentenceRefusesBeforeTheFirstStep(boolean trained)
            throws Exception {
        Path none = exported("none");
        for (String name : Files.readAllLines(none.resolve("splits/train.txt"))) {
            Files.delete(none.resolve("labels/" + name + ".png"));
        }
        DatasetSplit unlabeled = train(none);

        assertThatThrownBy(() -> new Pretrainer(runtime, plain(1))
                        .run(
                                CARD,
                                trained ? unlabeled : FRAMES,
                                trained ? FRAMES : unlabeled,
                                "m",
                                out.resolve("a"),
                                PretrainListener.SILENT))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("No frame of the split \"train\" of the data set none has a label");
        assertThat(out.resolve("a")).doesNotExist();
    }

    /** Returns the frames as a folder, whose labels can be taken away. */
    private Path exported(String name) {
        Path folder = out.resolve(name);
        new FolderExport(FRAMES.dataset(), 24).write(folder, done -> {});
        return folder;
    }

    private static DatasetSplit train(Path folder) {
        return new DatasetSplit(DatasetCatalog.open("folder:" + folder), "train");
    }

    @Test
    void givenOtherSettings_whenResumed_thenOneSentenceRefuses() {
        new Pretrainer(runtime, settings(1, 1e-2, 0)).run(CARD, FRAMES, null, "m", out, PretrainListener.SILENT);

        assertThatThrownBy(() -> new Pretrainer(runtime, settings(1, 2e-2, 0))
                        .run(CARD, FRAMES, null, "m", out, PretrainListener.SILENT))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("other settings");
    }

    @Test
    void givenATestSplit_whenTrained_thenItLearnsAndTheBestIsSavedWithItsFigures() {
        List<SegmentationScore> scores = new ArrayList<>();
        List<Boolean> bests = new ArrayList<>();
        List<PretrainProgress> steps = new ArrayList<>();
        PretrainListener listener = new PretrainListener() {
            @Override
            public void evaluated(int epoch, SegmentationScore score, boolean best) {
                scores.add(score);
                bests.add(best);
            }

            @Override
            public void stepped(PretrainProgress progress) {
                steps.add(progress);
            }
        };

        PretrainReport report = new Pretrainer(runtime, plain(8)).run(CARD, FRAMES, FRAMES, "taught", out, listener);

        assertThat(scores).hasSize(8);
        assertThat(bests.get(0)).isTrue();
        double best = scores.stream().mapToDouble(SegmentationScore::miou).max().orElseThrow();
        assertThat(report.score())
                .isNotNull()
                .extracting(SegmentationScore::miou)
                .isEqualTo(best);
        assertThat(report.bestEpoch()).isGreaterThan(1);
        assertThat(meanLoss(steps.subList(42, 48))).isLessThan(0.75 * meanLoss(steps.subList(0, 6)));
        ModelCard card = ModelCard.read(report.cardFile());
        card.verify(report.modelFile());
        assertThat(card.name()).isEqualTo("taught");
        assertThat(card.labelSchema().id()).isEqualTo("synthetic-9");
        // By the name of what they were scored on: here that is train, and no figure claims to be test's.
        assertThat(card.metrics().at("/train/miou").asDouble()).isEqualTo(Math.round(best * 10_000) / 100.0);
        assertThat(card.metrics().has("test")).isFalse();
        assertThat(out.resolve("frames.cache")).doesNotExist();
    }

    @Test
    void givenAnotherSize_whenTrained_thenTheCardSaysItAndARunOfAnotherDoesNotGoOnThere() {
        ImageSize size = new ImageSize(48, 32);

        PretrainReport report =
                new Pretrainer(runtime, plain(1, size)).run(CARD, FRAMES, null, "small", out, PretrainListener.SILENT);

        ModelCard card = ModelCard.read(report.cardFile());
        assertThat(ModelCard.read(CARD).input().size()).isNotEqualTo(size);
        assertThat(card.input().size()).isEqualTo(size);
        card.verify(report.modelFile());
        assertThatThrownBy(() -> new Pretrainer(runtime, plain(1))
                        .run(CARD, FRAMES, null, "small", out, PretrainListener.SILENT))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("other settings");
    }

    @Test
    void givenNumbersOutOfRange_whenSet_thenAllAreNamedAtOnce() {
        PretrainSettings good = PretrainSettings.DEFAULT;

        assertThat(good.epochs()).isEqualTo(40);
        assertThat(good.view()).isNull();
        assertThat(good.learningRate()).isEqualTo(2e-3);
        assertThatThrownBy(() -> settings(0, -1, 2))
                .isInstanceOf(UsageException.class)
                .hasMessageContainingAll("epochs", "learning-rate", "ema-decay");
    }

    @Test
    void givenPassNumbers_whenShuffled_thenEachPassHasEveryFrameOnceInAnOrderOfItsOwn() {
        int[] first = WindowLoader.order(50, 7, 0);
        int[] again = WindowLoader.order(50, 7, 0);
        int[] second = WindowLoader.order(50, 7, 1);

        assertThat(first).isEqualTo(again).isNotEqualTo(second);
        assertThat(Arrays.stream(second).sorted().toArray())
                .isEqualTo(java.util.stream.IntStream.range(0, 50).toArray());
    }
}
