package dev.reflux.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is odd about a folder is said when it is opened; what cannot be meant is refused then. */
class FolderSurveyTest {

    private final ImageCodec images = ImageCodec.standard();
    private final LabelMapCodec labels = new LabelMapCodec();
    private final List<String> odd = new ArrayList<>();
    private final List<Integer> seen = new ArrayList<>();

    @TempDir
    private Path directory;

    @BeforeEach
    void twoFrames() throws IOException {
        classes("[\"background\", \"vessel\"]", "");
        frame("a", 0, 1);
        frame("b", 1, 0);
        write("splits/train.txt", "a\n".getBytes(StandardCharsets.UTF_8));
        write("splits/test.txt", "b\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void givenNothingOdd_whenOpened_thenNothingIsSaid() {
        open();

        assertThat(odd).isEmpty();
        assertThat(seen).containsExactly(1, 2);
    }

    @Test
    void givenBinaryMasksOf255_whenOpened_thenTheyAreRefusedAndRawIdsAreNamed() throws IOException {
        frame("a", 0, 255);
        frame("b", 255, 255);

        refused("The labels of the data set " + directory.getFileName()
                + " hold one class only, 0 \"background\" (ignored: 1 value (255), 75 % of the pixels); say in classes.json "
                + "which class each value means, such as \"rawIds\": {\"0\": 0, \"255\": 1}.");
    }

    @Test
    void givenTheRemedyForBinaryMasks_whenOpened_thenBothClassesAreThere() throws Exception {
        frame("a", 0, 255);
        frame("b", 255, 255);
        classes("[\"background\", \"vessel\"]", ", \"rawIds\": {\"0\": 0, \"255\": 1}");

        Dataset dataset = open();

        Frame frame = dataset.frames("train").toList().get(0);
        assertThat(labels.decode(frame.label(), dataset.schema()).ids()).containsExactly(0, 1);
        assertThat(odd).isEmpty();
    }

    @Test
    void givenRawIdsThatMeetNoValue_whenOpened_thenTheyAreRefused() throws IOException {
        classes("[\"background\", \"vessel\"]", ", \"rawIds\": {\"7\": 0, \"8\": 1}");

        refused("hold no class (ignored: 2 values (first: 0, 1), 100 % of the pixels)");
    }

    @Test
    void givenAClassThatNeverOccurs_whenOpened_thenItAndTheIgnoredValuesAreNamed() throws IOException {
        classes("[\"background\", \"vessel\", \"bank\"]", "");
        frame("b", 1, 255);

        open();

        assertThat(odd)
                .containsExactly("In the labels of the 2 frames looked at, 1 of 3 classes never occur (2 \"bank\"); "
                        + "ignored: 1 value (255), 25 % of the pixels.");
    }

    @Test
    void givenOddFiles_whenOpened_thenEachKindIsNamedAndNoneIsAFrame() throws IOException {
        write("images/._a.png", new byte[4]);
        write("images/.DS_Store", new byte[4]);
        write("images/Thumbs.db", new byte[4]);
        write("images/night/c.png", new byte[4]);
        write("labels/._a.png", new byte[4]);
        write("labels/z.png", new byte[4]);

        Dataset dataset = open();

        assertThat(dataset.count("train")).isEqualTo(1);
        assertThat(odd)
                .containsExactly(
                        "images/ has 2 hidden files (first: .DS_Store, ._a.png), which are left out.",
                        "images/ has 1 file (Thumbs.db), which is no image by the ending and left out.",
                        "images/ has 1 folder (night), which is not looked into; move the files up.",
                        "labels/ has 1 hidden file (._a.png), which is left out.",
                        "labels/ has 1 file without an image (z).");
    }

    @Test
    void givenEndingsInUpperCase_whenOpened_thenImageAndLabelAreFound() throws IOException {
        Files.move(directory.resolve("images/a.png"), directory.resolve("images/a.PNG"));
        Files.move(directory.resolve("labels/a.png"), directory.resolve("labels/a.PNG"));

        Dataset dataset = open();

        assertThat(dataset.frames("train").toList()).hasSize(1);
        assertThat(odd).isEmpty();
    }

    @Test
    void givenAMaskBesideItsImage_whenOpenedWithoutLists_thenItIsRefusedAndNamed() throws IOException {
        for (String split : List.of("train", "test")) {
            Files.delete(directory.resolve("splits/" + split + ".txt"));
        }
        for (int i = 0; i < 50; i++) {
            frame("f%02d".formatted(i), 0, 1);
        }
        write("images/f07_mask.png", labels.encode(new LabelMap(2, 1, new byte[] {0, 1})));

        refused("The image " + directory.resolve("images/f07_mask.png")
                + " has no label and looks like one: each of its values is a class; move it to the labels, or leave");
    }

    @Test
    void givenTrainingFramesWithoutALabel_whenOpened_thenTheyAreFramesAndCounted() throws IOException {
        frame("c", 0, 1);
        write("images/d.png", image());
        write("splits/train.txt", "a\nc\nd\n".getBytes(StandardCharsets.UTF_8));
        Files.delete(directory.resolve("labels/a.png"));

        Dataset dataset = open();

        assertThat(dataset.frames("train").map(Frame::labeled)).containsExactly(false, true, false);
        assertThat(dataset.labeledCount("train")).isEqualTo(1);
        assertThat(dataset.labeledCount("test")).isEqualTo(1);
        assertThat(odd)
                .containsExactly("2 of 3 frames of train have no label; the teacher teaches them alone (first: "
                        + directory.resolve("labels/a.png") + ", " + directory.resolve("labels/d.png") + ").");
        assertThat(seen).containsExactly(1, 2, 3, 4);
    }

    @Test
    void givenALabelThatIsAddedAfterwards_whenReadAgain_thenTheFrameIsWhatItWas() throws IOException {
        byte[] label = Files.readAllBytes(directory.resolve("labels/a.png"));
        Files.delete(directory.resolve("labels/a.png"));
        Dataset dataset = open();
        write("labels/a.png", label);

        List<Frame> again = dataset.frames("train").toList();

        assertThat(again).singleElement().satisfies(frame -> assertThat(frame.labeled())
                .isFalse());
    }

    @Test
    void givenATestFrameWithoutALabel_whenOpened_thenItIsRefused() throws IOException {
        Files.delete(directory.resolve("labels/b.png"));

        refused("The split \"test\" of the data set " + directory.getFileName() + " has 1 frame without a label ("
                + directory.resolve("labels/b.png")
                + "), and a score needs labels; add them, or leave those frames out of the split.");
    }

    @Test
    void givenNoLabelAtAll_whenOpened_thenWhereTheyBelongIsSaid() throws IOException {
        Files.move(directory.resolve("labels/a.png"), directory.resolve("labels/a_label.png"));
        Files.move(directory.resolve("labels/b.png"), directory.resolve("labels/b_label.png"));

        refused("No frame of the data set " + directory.getFileName() + " has a label (first: "
                + directory.resolve("labels/a.png") + ", " + directory.resolve("labels/b.png")
                + "); put the labels there, each with the name of its image.");
    }

    @Test
    void givenLabelsThatCannotBeUsedAndFramesWithoutAny_whenOpened_thenItIsRefused() throws IOException {
        write("images/c.png", image());
        write("splits/train.txt", "a\nc\n".getBytes(StandardCharsets.UTF_8));
        frame("a", 0, 7);
        frame("b", 0, 7);

        refused("has no frame that can be used (first: ");
    }

    @Test
    void givenFewLabelsAmongManyFrames_whenOpened_thenEachOfThemIsLookedAt() throws IOException {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < 600; i++) {
            String name = String.format(Locale.ROOT, "f%03d", i);
            names.append(name).append('\n');
            write("images/" + name + ".png", image());
        }
        write("splits/train.txt", names.toString().getBytes(StandardCharsets.UTF_8));
        frame("f007", 0, 0);
        frame("b", 1, 1);

        open();

        assertThat(odd.get(1)).startsWith("599 of 600 frames of train have no label");
        assertThat(odd).as("both classes are seen").hasSize(2);
        assertThat(seen).hasSize(502);
    }

    @Test
    void givenAMaskInPlaceOfAnImage_whenOpened_thenItIsSaid() throws IOException {
        write("images/a.png", labels.encode(new LabelMap(2, 1, new byte[] {0, 1})));

        open();

        assertThat(odd).hasSize(1);
        assertThat(odd.get(0))
                .contains("1 have an image that looks like a label")
                .contains("/a)");
    }

    @Test
    void givenMasksInPlaceOfAllImages_whenOpened_thenTheyAreRefused() throws IOException {
        write("images/a.png", labels.encode(new LabelMap(2, 1, new byte[] {0, 1})));
        write("images/b.png", labels.encode(new LabelMap(2, 1, new byte[] {1, (byte) 255})));

        refused("look like labels");
    }

    @Test
    void givenFramesThatWillBeRefused_whenOpened_thenTheyAreCountedAndTheFirstIsExplained() throws IOException {
        frame("c", 0, 7);
        write("splits/train.txt", "a\nc\n".getBytes(StandardCharsets.UTF_8));

        open();

        assertThat(odd).hasSize(1);
        assertThat(odd.get(0))
                .startsWith("Of the 3 frames looked at, 1 cannot be used and will be refused (")
                .contains("/c: Label pixel (1, 0) is 7; schema two");
    }

    @Test
    void givenAnImageThatExifTurns_whenOpened_thenItsLabelIsToldToBeOfAnotherSize() throws IOException {
        byte[] tiff = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0};
        write("images/a.png", with("eXIf", tiff, Files.readAllBytes(directory.resolve("images/a.png"))));
        write("images/b.png", with("eXIf", tiff, Files.readAllBytes(directory.resolve("images/b.png"))));

        refused("has no frame that can be used (first: ");
        refused("The label is 2x1 and the image 1x2; they must be alike (an image is turned upright by its EXIF");
    }

    @Test
    void givenALabelWithATransparentValue_whenOpened_thenItIsAsAnyOther() throws IOException {
        byte[] label = labels.encode(new LabelMap(2, 1, new byte[] {0, 1}));
        write("labels/a.png", with("tRNS", new byte[] {0, 1}, label));

        open();

        assertThat(odd).isEmpty();
    }

    @Test
    void givenImagesInFoldersOnly_whenOpened_thenTheFoldersAreNamed() throws IOException {
        Files.delete(directory.resolve("splits/train.txt"));
        write("images/day/a.png", new byte[1]);
        Files.delete(directory.resolve("images/a.png"));
        Files.delete(directory.resolve("images/b.png"));

        refused("it has 0 images (and folders, which are not looked into)");
    }

    @Test
    void givenASplitWithoutFrames_whenAFigureIsAsked_thenItIsRefused() {
        Dataset dataset = new Dataset() {
            @Override
            public String id() {
                return "hollow";
            }

            @Override
            public dev.reflux.common.label.LabelSchema schema() {
                return open().schema();
            }

            @Override
            public dev.reflux.common.image.ImageSize size() {
                return new dev.reflux.common.image.ImageSize(1, 1);
            }

            @Override
            public List<String> splits() {
                return List.of("train", "test", "val");
            }

            @Override
            public int count(String split) {
                return 0;
            }

            @Override
            public java.util.stream.Stream<Frame> frames(String split) {
                return java.util.stream.Stream.of();
            }
        };

        assertThatThrownBy(() -> new DatasetSplit(dataset, "val"))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "The data set hollow has no frame in its split \"val\"; a figure of none would mean nothing.");
    }

    @ParameterizedTest
    @CsvSource({"x, t_sec that is no number", "NaN, t_sec that is no number", "'', t_sec that is no number"})
    void givenACamVidManifestWithABadTime_whenOpened_thenItsLineIsNamed(String time, String words) throws IOException {
        write(
                "manifest.csv",
                ("label,image,split,t_sec,sequence\nlabels/a.png,images/a.png,train," + time + ",S1\n")
                        .getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> DatasetCatalog.open("camvid:" + directory))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(words);
    }

    @Test
    void givenACamVidManifestOfMissingFiles_whenOpened_thenTheyAreCounted() throws IOException {
        write(
                "manifest.csv",
                ("label,image,split,t_sec,sequence\nlabels/a.png,images/a.png,train,1,S1\n"
                                + "labels/none.png,images/b.png,test,2,S1\n")
                        .getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> DatasetCatalog.open("camvid:" + directory))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("has 1 frame without a label (" + directory.resolve("labels/none.png") + ")");
    }

    @Test
    void givenACamVidManifestWithTrainingFramesWithoutALabel_whenOpened_thenTheyAreCounted() throws IOException {
        write(
                "manifest.csv",
                ("label,image,split,t_sec,sequence\n,images/a.png,train,1,S1\n"
                                + "labels/none.png,images/a.png,train,2,S1\n"
                                + "labels/a.png,images/a.png,train,3,S1\nlabels/b.png,images/b.png,test,4,S1\n")
                        .getBytes(StandardCharsets.UTF_8));

        Dataset dataset = DatasetCatalog.open("camvid:" + directory, listener());

        assertThat(dataset.frames("train").map(Frame::labeled)).containsExactly(false, false, true);
        assertThat(odd.get(0)).startsWith("2 of 3 frames of train have no label");
    }

    @Test
    void givenACityscapesImageWithoutALabel_whenOpened_thenItIsCounted() throws IOException {
        for (String name : List.of("train/ulm/ulm_000", "val/bonn/bonn_000")) {
            write("leftImg8bit/" + name + "_leftImg8bit.png", image());
            write("gtFine/" + name + "_gtFine_labelIds.png", labels.encode(new LabelMap(2, 1, new byte[] {7, 8})));
        }
        write("leftImg8bit/train/ulm/ulm_001_leftImg8bit.png", image());

        Dataset dataset = DatasetCatalog.open("cityscapes:" + directory, listener());

        assertThat(dataset.frames("train").map(Frame::labeled)).containsExactly(true, false);
        assertThat(odd.get(0)).startsWith("1 of 2 frames of train has no label; the teacher teaches it alone (");
    }

    @Test
    void givenHiddenCopiesInCityscapes_whenOpened_thenTheyAreNoFrames() throws IOException {
        for (String name : List.of("train/ulm/ulm_000", "val/bonn/bonn_000")) {
            write("leftImg8bit/" + name + "_leftImg8bit.png", image());
            write("gtFine/" + name + "_gtFine_labelIds.png", labels.encode(new LabelMap(2, 1, new byte[] {7, 8})));
        }
        write("leftImg8bit/train/ulm/._ulm_000_leftImg8bit.png", new byte[4]);

        Dataset dataset = DatasetCatalog.open("cityscapes:" + directory, listener());

        assertThat(dataset.count("train")).isEqualTo(1);
        assertThat(odd.get(0))
                .isEqualTo("leftImg8bit/ has 1 file (._ulm_000_leftImg8bit.png) that is not named "
                        + "CITY_..._leftImg8bit.png and left out.");
        assertThat(odd.get(1)).contains("17 of 19 classes never occur").contains("no value is ignored");
    }

    private void refused(String words) {
        assertThatThrownBy(this::open).isInstanceOf(UsageException.class).hasMessageContaining(words);
    }

    private Dataset open() {
        return DatasetCatalog.open("folder:" + directory, listener());
    }

    private SurveyListener listener() {
        return new SurveyListener() {
            @Override
            public void lookedAt(int done, int of) {
                seen.add(done);
            }

            @Override
            public void odd(String sentence) {
                odd.add(sentence);
            }
        };
    }

    private void classes(String names, String more) throws IOException {
        write(
                "classes.json",
                ("{\"id\": \"two\", \"classes\": " + names + more + "}").getBytes(StandardCharsets.UTF_8));
    }

    private void frame(String name, int left, int right) throws IOException {
        write("images/" + name + ".png", image());
        write("labels/" + name + ".png", labels.encode(new LabelMap(2, 1, new byte[] {(byte) left, (byte) right})));
    }

    private byte[] image() {
        return images.encodePng(new RgbImage(2, 1, new byte[6]));
    }

    private void write(String file, byte[] bytes) throws IOException {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.write(path, bytes);
    }

    /** Returns a PNG with one more chunk behind its header. */
    private static byte[] with(String type, byte[] data, byte[] png) {
        ByteBuffer chunk = ByteBuffer.allocate(12 + data.length);
        chunk.putInt(data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data);
        CRC32 crc = new CRC32();
        crc.update(chunk.array(), 4, 4 + data.length);
        chunk.putInt((int) crc.getValue());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(png, 0, 33);
        out.writeBytes(chunk.array());
        out.write(png, 33, png.length - 33);
        return out.toByteArray();
    }
}
