package dev.reflux.teacher.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.DatasetSplit;
import dev.reflux.datasets.Frame;
import dev.reflux.teacher.SampleFrames;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.FrameTensors;
import dev.reflux.torch.model.ProjectionHead;
import dev.reflux.torch.model.SegmentationModel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProjectionFitterTest {

    private static final Path CARD = Path.of("../../models/fixtures/tiny-teacher.json");
    private static final ImageSize VIEW = new ImageSize(SampleFrames.WIDTH, SampleFrames.HEIGHT);
    private static final ProjectionFitSettings SETTINGS = ProjectionFitSettings.DEFAULT.withL2(1e-2);

    private TorchRuntime runtime;
    private SegmentationModel teacher;

    @BeforeEach
    void start() {
        runtime = TorchRuntime.start(new TorchOptions(1, "cpu"));
        teacher = SegmentationModel.load(runtime, CARD, SegmentationModel.Mode.INFERENCE);
    }

    @AfterEach
    void stop() {
        teacher.close();
        runtime.close();
    }

    private static DatasetSplit frames(int count) {
        return new DatasetSplit(new StripedFrames(ModelCard.read(CARD).labelSchema(), count, VIEW), "train");
    }

    /**
     * Frames of five stripes of nearly equal area.
     *
     * @param labels the size of the labels; null: frames have none
     */
    private record StripedFrames(LabelSchema schema, int frames, @Nullable ImageSize labels) implements Dataset {

        @Override
        public String id() {
            return "stripes";
        }

        @Override
        public ImageSize size() {
            return VIEW;
        }

        @Override
        public List<String> splits() {
            return List.of("train");
        }

        @Override
        public int count(String split) {
            return frames;
        }

        @Override
        public Stream<Frame> frames(String split) {
            byte[] label = labels == null ? new byte[0] : SampleFrames.label(labels.width(), labels.height(), 4);
            return IntStream.range(0, frames)
                    .mapToObj(i -> new Frame(
                            "f" + i, "camera", "vehicle", Instant.EPOCH, "", "", "day", SampleFrames.jpeg(i), label));
        }
    }

    /**
     * Frames of which those with an even number have a label.
     *
     * @param others whether the other ones are there too
     */
    private record EvenLabels(Dataset all, boolean others) implements Dataset {

        @Override
        public String id() {
            return all.id();
        }

        @Override
        public LabelSchema schema() {
            return all.schema();
        }

        @Override
        public ImageSize size() {
            return all.size();
        }

        @Override
        public List<String> splits() {
            return all.splits();
        }

        @Override
        public int count(String split) {
            return (int) frames(split).count();
        }

        @Override
        public Stream<Frame> frames(String split) {
            return all.frames(split).map(EvenLabels::some).filter(frame -> others || frame.labeled());
        }

        private static Frame some(Frame frame) {
            boolean even = Integer.parseInt(frame.frameId().substring(1)) % 2 == 0;
            return new Frame(
                    frame.frameId(),
                    frame.cameraId(),
                    frame.vehicleId(),
                    frame.capturedAt(),
                    frame.weather(),
                    frame.timeOfDay(),
                    frame.sequence(),
                    frame.image(),
                    even ? frame.label() : new byte[0]);
        }
    }

    @Test
    void givenFramesOfWhichHalfHaveALabel_whenFitted_thenTheHeadIsThatOfThoseFramesBitByBit() {
        ProjectionFitter fitter = new ProjectionFitter(runtime, teacher, VIEW, SETTINGS.withFrames(8));
        Dataset all = frames(20).dataset();
        ProjectionFitReport wanted =
                fitter.fit(new DatasetSplit(new EvenLabels(all, false), "train"), ProjectionFitListener.SILENT);

        ProjectionFitReport report =
                fitter.fit(new DatasetSplit(new EvenLabels(all, true), "train"), ProjectionFitListener.SILENT);

        assertThat(report.head().id()).isEqualTo(wanted.head().id());
        assertThat(report.frames()).isEqualTo(8);
    }

    @Test
    void givenFramesWithoutALabel_whenFitted_thenOneSentenceSaysSo() {
        DatasetSplit none =
                new DatasetSplit(new StripedFrames(ModelCard.read(CARD).labelSchema(), 3, null), "train");

        assertThatThrownBy(() ->
                        new ProjectionFitter(runtime, teacher, VIEW, SETTINGS).fit(none, ProjectionFitListener.SILENT))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("No frame of the split \"train\" of the data set stripes has a label");
    }

    @Test
    void givenLabelsOfAnotherSizeThanTheImages_whenFitted_thenTheyAreRefused() throws Exception {
        ImageSize half = new ImageSize(VIEW.width() / 2, VIEW.height() / 2);
        DatasetSplit frames = new DatasetSplit(new StripedFrames(teacher.card().labelSchema(), 4, half), "train");

        assertThatThrownBy(() -> new ProjectionFitter(runtime, teacher, VIEW, SETTINGS)
                        .fit(frames, new ProjectionFitListener() {}))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("they must be alike");
    }

    @Test
    void givenFrames_whenFitted_thenTheHeadInUseHasTheReportedLossAndBeatsThePrior() throws Exception {
        DatasetSplit frames = frames(9);
        List<Integer> extracted = new ArrayList<>();

        ProjectionFitReport report = new ProjectionFitter(runtime, teacher, VIEW, SETTINGS)
                .fit(frames, new ProjectionFitListener() {
                    @Override
                    public void extracted(int count, int of) {
                        assertThat(of).isEqualTo(9);
                        extracted.add(count);
                    }
                });

        assertThat(extracted).containsExactly(4, 8, 9);
        assertThat(report.frames()).isEqualTo(9);
        assertThat(report.heldOutFrames()).isZero();
        assertThat(report.heldOutMiou()).isNaN();
        assertThat(report.convergedClasses()).isEqualTo(5);
        assertThat(report.head().teacherId()).isEqualTo("tiny-teacher");
        assertThat(report.head().labelSchemaId()).isEqualTo("tiny-5");
        assertThat(bceOf(report, frames)).isCloseTo(report.trainBce(), within(1e-4));
        // Five stripes of nearly equal area: knowing nothing but that costs 0.50.
        assertThat(report.trainBce()).isLessThan(0.42);
    }

    /** The head, through the class that the service uses, on freshly made features. */
    private double bceOf(ProjectionFitReport report, DatasetSplit frames) throws Exception {
        double sum = 0;
        long terms = 0;
        LabelMap label = new LabelMapCodec()
                .decode(frames.frames().findFirst().orElseThrow().label(), frames.schema())
                .nearest(6, 4);
        FrameTensors tensors = new FrameTensors();
        try (ProjectionHead head = ProjectionHead.load(runtime, report.head())) {
            for (Frame frame : frames.frames().toList()) {
                try (NDManager scope = runtime.manager().newSubManager()) {
                    RgbImage image =
                            dev.reflux.common.image.ImageCodec.standard().decode(frame.image());
                    NDArray x = tensors.batch(
                            scope, List.of(image), VIEW, teacher.card().input());
                    float[] z = head.apply(scope, teacher.forward(scope, x).features())
                            .toFloatArray();
                    for (int i = 0; i < z.length; i++) {
                        int id = label.ids()[i % 24] & 0xFF;
                        if (id != 255) {
                            double signed = id == i / 24 ? -z[i] : z[i];
                            sum += Math.log1p(Math.exp(signed));
                            terms++;
                        }
                    }
                }
            }
        }
        return sum / terms;
    }

    @Test
    void givenTheSameSeed_whenFittedTwiceInLittleMemory_thenTheHeadsAreEqualBitByBit() {
        ProjectionFitSettings thinned = SETTINGS.withFrames(40).withMemoryBytes(1 << 20);
        ProjectionFitter fitter = new ProjectionFitter(runtime, teacher, VIEW, thinned);

        ProjectionFitReport one = fitter.fit(frames(50), ProjectionFitListener.SILENT);
        ProjectionFitReport two = fitter.fit(frames(50), ProjectionFitListener.SILENT);

        assertThat(two.head().id()).isEqualTo(one.head().id());
        assertThat(one.frames() + one.heldOutFrames()).isEqualTo(40);
        assertThat(one.heldOutFrames()).isEqualTo(8);
        // Five stripes of nearly equal area: knowing nothing but that costs 0.50 and gives an IoU of 0.04 (one class
        // always).
        assertThat(one.heldOutBce()).isBetween(0.05, 0.42);
        assertThat(one.heldOutMiou()).isBetween(0.15, 0.95);
    }

    @Test
    void givenSeveralPenalties_whenFitted_thenTheOneThatMeetsHeldOutFramesBestIsTaken() {
        ProjectionFitReport chosen = new ProjectionFitter(
                        runtime, teacher, VIEW, ProjectionFitSettings.DEFAULT.withFrames(40))
                .fit(frames(40), ProjectionFitListener.SILENT);

        for (double l2 : ProjectionFitSettings.DEFAULT.l2()) {
            double heldOut = new ProjectionFitter(runtime, teacher, VIEW, SETTINGS.withL2(l2))
                    .fit(frames(40), ProjectionFitListener.SILENT)
                    .heldOutBce();
            assertThat(heldOut).isGreaterThan(chosen.heldOutBce() - 1e-4);
        }
        assertThat(ProjectionFitSettings.DEFAULT.l2()).contains(chosen.l2());
    }

    @Test
    void givenFramesOfAnotherSchema_whenFitted_thenOneSentenceSaysSo() {
        DatasetSplit others = new DatasetSplit(DatasetCatalog.open("synthetic:3,10"), "train");

        assertThatThrownBy(() -> new ProjectionFitter(runtime, teacher, VIEW, SETTINGS)
                        .fit(others, ProjectionFitListener.SILENT))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("synthetic-9")
                .hasMessageContaining("tiny-5");
    }
}
