package dev.reflux.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds each statement of docs/datasets.md on {@code folder:PATH}. */
class FolderFormatTest {

    private final ImageCodec images = ImageCodec.standard();
    private final LabelMapCodec labels = new LabelMapCodec();

    @TempDir
    private Path directory;

    @BeforeEach
    void classes() throws IOException {
        Files.writeString(directory.resolve("classes.json"), "{\"id\": \"two\", \"classes\": [\"a\", \"b\"]}");
    }

    @Test
    void givenNoLists_whenOpened_thenOfEveryFiftyNamesInOrderFortyAreTrainAndTenAreTest() throws IOException {
        frames(95);

        Dataset dataset = open();

        assertThat(dataset.splits()).containsExactly("train", "test");
        assertThat(names(dataset, "train")).hasSize(80).startsWith("f00", "f01").contains("f39", "f50", "f89");
        assertThat(names(dataset, "test"))
                .hasSize(15)
                .startsWith("f40")
                .contains("f49", "f90")
                .endsWith("f94");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40})
    void givenFortyFramesOrFewerAndNoLists_whenOpened_thenTheEmptySplitIsRefused(int count) throws IOException {
        frames(count);

        assertThatThrownBy(this::open)
                .isInstanceOf(UsageException.class)
                .hasMessage("The data set folder " + directory + " has no frame in its split \"test\": it has " + count
                        + " images and no list; write the names of some into splits/test.txt.");
    }

    @Test
    void givenFortyOneFrames_whenOpened_thenTheLastIsTheTest() throws IOException {
        frames(41);

        Dataset dataset = open();

        assertThat(names(dataset, "test")).containsExactly("f40");
    }

    @Test
    void givenLists_whenOpened_thenSplitsAreTheirNamesInTheirOrder() throws IOException {
        frames(5);
        list("train", "f03\n\n  f01  \n");
        list("test", "f02\n");

        Dataset dataset = open();

        assertThat(names(dataset, "train")).containsExactly("f03", "f01");
        assertThat(names(dataset, "test")).containsExactly("f02");
    }

    @Test
    void givenAnEmptyList_whenOpened_thenItIsRefused() throws IOException {
        frames(5);
        list("train", "f03\n");
        list("test", "\n");

        assertThatThrownBy(this::open)
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("has no frame in its split \"test\"")
                .hasMessageContaining("an empty " + directory.resolve("splits/test.txt"));
    }

    @ParameterizedTest
    @CsvSource({"f01, f01, has \"f01\" twice in its splits", "f01, f77, has no image for \"f77\""})
    void givenANameThatCannotBe_whenOpened_thenItIsRefused(String train, String test, String words) throws IOException {
        frames(5);
        list("train", train);
        list("test", test);

        assertThatThrownBy(this::open).isInstanceOf(UsageException.class).hasMessageContaining(words);
    }

    @Test
    void givenTheEndingsOfImages_whenOpened_thenEachIsTakenAndOtherFilesAreNot() throws IOException {
        for (String file : List.of("a.jpg", "b.JPEG", "c.png", "d.PNG")) {
            image(file);
            label(file.substring(0, 1));
        }
        image("notes.tif");
        list("train", "a\nb\nc\n");
        list("test", "d\n");

        Dataset dataset = open();

        assertThat(dataset.count("train") + dataset.count("test")).isEqualTo(4);
        assertThat(names(dataset, "test")).containsExactly("d");
    }

    @Test
    void givenTwoImagesOfOneName_whenOpened_thenTheyAreRefused() throws IOException {
        image("a.jpg");
        image("a.png");

        assertThatThrownBy(() -> DatasetCatalog.open("folder:" + withLabels()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("has two images of the name \"a\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"images", "labels", "classes.json"})
    void givenAFolderWithoutAPart_whenOpened_thenThePartIsNamed(String part) throws IOException {
        frames(50);
        Files.move(directory.resolve(part), directory.resolve("elsewhere"));

        assertThatThrownBy(this::open)
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("has no " + part + "; it needs images/, labels/ and classes.json.");
    }

    @Test
    void givenAFrame_whenRead_thenItHasTheMetadataThatFoldersHave() throws IOException {
        frames(50);

        Frame frame = open().frames("train").skip(3).findFirst().orElseThrow();

        assertThat(frame.frameId()).isEqualTo(directory.getFileName() + "/f03");
        assertThat(frame.cameraId()).isEqualTo("camera-1");
        assertThat(frame.vehicleId()).isEqualTo("vehicle-camera-1");
        assertThat(frame.capturedAt()).isEqualTo("2026-01-01T00:00:03Z");
        assertThat(frame.domain()).isEqualTo("all");
        assertThat(open().size()).isEqualTo(new ImageSize(2, 1));
    }

    @Test
    void givenRawValues_whenALabelIsRead_thenTheSchemaMapsThemAndTheRestIsIgnored() throws Exception {
        Files.writeString(
                directory.resolve("classes.json"),
                "{\"id\": \"mine\", \"classes\": [{\"name\": \"a\", \"rgb\": [1, 2, 3]}, {\"name\": \"b\"}],"
                        + " \"rawIds\": {\"7\": 1, \"0\": 0}}");
        frames(50);
        Files.write(directory.resolve("labels/f00.png"), labels.encode(new LabelMap(2, 1, new byte[] {7, 9})));

        Dataset dataset = open();

        assertThat(dataset.id()).isEqualTo(String.valueOf(directory.getFileName()));
        assertThat(dataset.schema().id()).isEqualTo("mine");
        assertThat(dataset.schema().classes().get(0).rgb()).isEqualTo(0x010203);
        byte[] raw = labels.encode(new LabelMap(2, 1, new byte[] {7, 9}));
        assertThat(labels.decode(raw, dataset.schema()).ids()).containsExactly(1, 255);
    }

    @Test
    void givenNoRawValues_whenALabelHoldsAValueThatIsNoClass_thenItIsRefusedUnlessItIs255() throws Exception {
        frames(50);
        Dataset dataset = open();
        byte[] ignored = labels.encode(new LabelMap(2, 1, new byte[] {1, (byte) 255}));
        byte[] stranger = labels.encode(new LabelMap(2, 1, new byte[] {1, 2}));

        assertThat(labels.decode(ignored, dataset.schema()).ids()).containsExactly(1, 255);
        assertThatThrownBy(() -> labels.decode(stranger, dataset.schema()))
                .hasMessageContaining("is 2; schema two has classes 0 to 1 and 255 for ignore");
    }

    @Test
    void givenClassesWithoutAnId_whenOpened_thenTheRemedyIsNamed() throws IOException {
        Files.writeString(directory.resolve("classes.json"), "{\"classes\": [\"a\", \"b\"]}");
        frames(50);

        assertThatThrownBy(this::open)
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("has no \"id\"; add one.");
    }

    private Dataset open() {
        return DatasetCatalog.open("folder:" + directory);
    }

    private static List<String> names(Dataset dataset, String split) {
        try (Stream<Frame> frames = dataset.frames(split)) {
            return frames.map(frame -> frame.frameId().replaceAll(".*/", "")).toList();
        }
    }

    private void frames(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            image(String.format(Locale.ROOT, "f%02d.png", i));
            label(String.format(Locale.ROOT, "f%02d", i));
        }
    }

    private Path withLabels() throws IOException {
        label("a");
        return directory;
    }

    private void list(String split, String names) throws IOException {
        Files.createDirectories(directory.resolve("splits"));
        Files.writeString(directory.resolve("splits/" + split + ".txt"), names);
    }

    private void image(String file) throws IOException {
        Files.createDirectories(directory.resolve("images"));
        Files.write(directory.resolve("images").resolve(file), images.encodePng(new RgbImage(2, 1, new byte[6])));
    }

    private void label(String name) throws IOException {
        Files.createDirectories(directory.resolve("labels"));
        Files.write(
                directory.resolve("labels").resolve(name + ".png"),
                labels.encode(new LabelMap(2, 1, new byte[] {0, 1})));
    }
}
