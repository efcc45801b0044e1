package dev.reflux.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.model.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetCatalogTest {

    private final ImageCodec images = ImageCodec.standard();
    private final LabelMapCodec labels = new LabelMapCodec();

    @TempDir
    private Path directory;

    @Test
    void givenASeed_whenReadTwice_thenTheFramesAreTheSameAndThePinnedOnes() throws Exception {
        Dataset dataset = DatasetCatalog.open("synthetic:7,10");
        List<Frame> once = dataset.frames("train").toList();
        List<Frame> twice =
                DatasetCatalog.open("synthetic:7,10").frames("train").toList();

        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        for (int i = 0; i < 10; i++) {
            assertThat(once.get(i).image()).isEqualTo(twice.get(i).image());
            assertThat(once.get(i).frameId()).isEqualTo(twice.get(i).frameId());
            pixels.write(labels.decode(once.get(i).label(), dataset.schema()).ids());
        }
        assertThat(Sha256.hex(pixels.toByteArray())).startsWith("e7c9878081feaa45");
    }

    @Test
    void givenTheSyntheticStream_whenRead_thenDomainsComeInOrderEveryClassOccursAndNightIsDark() throws Exception {
        Dataset dataset = DatasetCatalog.open("synthetic:3,40");
        Map<String, Double> brightness = new LinkedHashMap<>();
        Set<Integer> classes = new HashSet<>();

        List<Frame> frames = dataset.frames("train").toList();

        for (Frame frame : frames) {
            RgbImage image = images.decode(frame.image());
            LabelMap label = labels.decode(frame.label(), dataset.schema(), image.width(), image.height());
            for (byte id : label.ids()) {
                classes.add((int) id);
            }
            brightness.merge(frame.sequence(), mean(image), Math::max);
        }
        assertThat(brightness.keySet()).containsExactly("day", "rain", "dusk", "night");
        assertThat(frames.get(39).sequence()).isEqualTo("day");
        assertThat(classes).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(brightness.get("night")).isLessThan(0.5 * brightness.get("rain"));
        assertThat(brightness.get("dusk")).isLessThan(0.9 * brightness.get("rain"));
        assertThat(frames.stream().map(Frame::cameraId).distinct()).hasSize(4);
        assertThat(frames.stream().map(Frame::frameId).distinct()).hasSize(40);
    }

    @Test
    void givenTheTestSplit_whenRead_thenItHasEveryDomainAndSharesNoFrame() {
        Dataset dataset = DatasetCatalog.open("synthetic");
        Set<String> domains = new HashSet<>();
        Set<String> ids = new HashSet<>();

        dataset.frames("test").forEach(frame -> {
            domains.add(frame.sequence());
            ids.add(frame.frameId());
        });

        assertThat(domains).containsExactlyInAnyOrder("day", "rain", "dusk", "night");
        assertThat(ids).hasSize(60).noneMatch(id -> id.contains("/train/"));
        assertThat(dataset.count("train")).isEqualTo(320);
        assertThat(dataset.size()).isEqualTo(new ImageSize(256, 160));
    }

    @Test
    void givenARealCamVidFolder_whenRead_thenItsSplitsStreamInOrder() throws Exception {
        Optional<Path> folder = camVid();
        assumeThat(folder)
                .as("CamVid is not here: set REFLUX_CAMVID to its folder")
                .isPresent();

        Dataset dataset = DatasetCatalog.open("camvid:" + folder.orElseThrow());

        List<Frame> train = dataset.frames("train").toList();
        assertThat(train).hasSize(367);
        assertThat(dataset.count("test")).isEqualTo(233);
        assertThat(train.stream().map(Frame::sequence).distinct()).containsExactly("0006R0", "0016E5", "0001TP");
        Frame first = train.get(0);
        assertThat(labels.decode(first.label(), dataset.schema(), 480, 360).width())
                .isEqualTo(480);
        assertThat(images.decode(first.image()).size()).isEqualTo(dataset.size());
        assertThat(first.frameId()).isEqualTo("camvid/0006R0_f00930");
    }

    @Test
    void givenAStandInForCamVid_whenRead_thenColumnsAreFoundByName() throws Exception {
        image("images/a.jpg");
        label("labels/a.png");
        Files.writeString(
                directory.resolve("manifest.csv"),
                "label,image,split,t_sec,sequence\nlabels/a.png,images/a.jpg,train,3.5,S1\n"
                        + "labels/a.png,images/a.jpg,test,4.5,S1\n");

        Dataset dataset = DatasetCatalog.open("camvid:" + directory);

        Frame frame = dataset.frames("train").toList().get(0);
        assertThat(frame.capturedAt().toEpochMilli() % 10_000).isEqualTo(3500);
        assertThat(frame.sequence()).isEqualTo("S1");
        assertThat(dataset.count("test")).isEqualTo(1);
        assertThat(dataset.splits()).containsExactly("train", "test");
    }

    @Test
    void givenACamVidManifestWithoutATestSplit_whenOpened_thenOneSentenceSaysSo() throws Exception {
        image("images/a.jpg");
        label("labels/a.png");
        Files.writeString(
                directory.resolve("manifest.csv"),
                "label,image,split,t_sec,sequence\nlabels/a.png,images/a.jpg,train,3.5,S1\n");

        assertThatThrownBy(() -> DatasetCatalog.open("camvid:" + directory))
                .isInstanceOf(UsageException.class)
                .hasMessage("The data set camvid has no split \"test\"; it has [train].");
    }

    @Test
    void givenAStandInForCityscapes_whenRead_thenImagesFindTheirLabelsAndRawIdsBecomeClasses() throws Exception {
        image("leftImg8bit/train/ulm/ulm_000_leftImg8bit.png");
        label("gtFine/train/ulm/ulm_000_gtFine_labelIds.png");
        image("leftImg8bit/val/bonn/bonn_000_leftImg8bit.png");
        write("gtFine/val/bonn/bonn_000_gtFine_labelIds.png", labels.encode(new LabelMap(2, 1, new byte[] {7, 8})));

        Dataset dataset = DatasetCatalog.open("cityscapes:" + directory);

        Frame frame = dataset.frames("train").toList().get(0);
        assertThat(frame.sequence()).isEqualTo("ulm");
        // Raw id 7 is road, train id 0; raw id 1 is none of the 19 classes.
        assertThat(labels.decode(frame.label(), dataset.schema()).ids()).containsExactly(0, 255);
        assertThat(dataset.count("test")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "camvid",
                "camvid:/not/there",
                "mapillary:x",
                "synthetic:x",
                "synthetic:1,2",
                "synthetic:1,20,3",
                "folder:.",
                "cityscapes:.",
                "camvid:."
            })
    void givenAMistake_whenOpened_thenOneSentenceSaysWhatToDo(String spec) {
        assertThatThrownBy(() -> DatasetCatalog.open(spec))
                .isInstanceOf(UsageException.class)
                .satisfies(e -> assertThat(e.getMessage()).endsWith(".").doesNotContain("\n"));
    }

    @Test
    void givenTheProvidersOfTheClassPath_whenTheirFormsAreListed_thenTheyAreThoseOfTheHelpText() {
        List<DatasetProvider> providers = ServiceLoader.load(DatasetProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();

        assertThat(providers.stream().map(DatasetProvider::form).reduce((a, b) -> a + ", " + b))
                .contains(DatasetCatalog.FORMS.replace(" or ", ", "));
        assertThatThrownBy(() -> DatasetCatalog.open("mapillary:x"))
                .isInstanceOf(UsageException.class)
                .hasMessage("\"mapillary:x\" is no data set; use " + DatasetCatalog.FORMS.replace(" or ", ", ") + ".");
    }

    @Test
    void givenAFrame_whenItsDomainIsAsked_thenItIsTheSequenceOrElseTheConditions() {
        assertThat(frame("rain", "night", "drive-1").domain()).isEqualTo("drive-1");
        assertThat(frame("rain", "night", "").domain()).isEqualTo("night rain");
        assertThat(frame("rain", "", "").domain()).isEqualTo("rain");
    }

    private static Frame frame(String weather, String timeOfDay, String sequence) {
        return new Frame("f", "c", "v", Instant.EPOCH, weather, timeOfDay, sequence, new byte[0], new byte[0]);
    }

    @Test
    void givenASplitOfWhichSomeFramesHaveALabel_whenAsked_thenOnlyThoseAreGivenAndTheOthersAreCounted() {
        DatasetSplit split = new DatasetSplit(new SomeLabels(7, 3), "train");

        Optional<String> leftOut = split.leftOut();

        assertThat(leftOut).contains("4 of 7 frames of train have no label and are left out.");
        assertThat(split.requireLabels()).isEqualTo(3);
        assertThat(split.labeledFrames().map(Frame::frameId)).containsExactly("f0", "f3", "f6");
        assertThat(new DatasetSplit(DatasetCatalog.open("synthetic"), "train").leftOut())
                .isEmpty();
    }

    @Test
    void givenASplitWithoutALabel_whenLabelsAreRequired_thenOneSentenceSaysWhatToDo() {
        DatasetSplit split = new DatasetSplit(new SomeLabels(2, 0), "train");

        assertThatThrownBy(split::requireLabels)
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "No frame of the split \"train\" of the data set some has a label, and nothing can be learned"
                                + " from labels or scored without any; add some, or give another split.");
    }

    @Test
    void givenAnUnknownSplit_whenRead_thenTheKnownOnesAreNamed() {
        assertThatThrownBy(() -> DatasetCatalog.open("synthetic").frames("val"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("train");
    }

    private static double mean(RgbImage image) {
        long sum = 0;
        for (byte b : image.rgb()) {
            sum += b & 0xFF;
        }
        return (double) sum / image.rgb().length;
    }

    private void image(String file) throws IOException {
        write(file, images.encodePng(new RgbImage(2, 1, new byte[6])));
    }

    private void label(String file) throws IOException {
        write(file, labels.encode(new LabelMap(2, 1, new byte[] {7, 1})));
    }

    private void write(String file, byte[] bytes) throws IOException {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.write(path, bytes);
    }

    private static Optional<Path> camVid() {
        String given = System.getenv("REFLUX_CAMVID");
        Path folder = given == null ? Path.of("../../shared/camvid") : Path.of(given);
        return Files.isDirectory(folder) ? Optional.of(folder) : Optional.empty();
    }
}
