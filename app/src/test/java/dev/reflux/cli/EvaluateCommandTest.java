package dev.reflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.folder.FolderExport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped teacher on frames whose files are odd and whose pictures are the same. */
class EvaluateCommandTest {

    private static final byte[] UPSIDE_DOWN = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 3, 0, 0
    };

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void export() {
        new FolderExport(DatasetCatalog.open("synthetic:1,8"), 8).write(directory, done -> {});
    }

    private int evaluate(String... more) {
        out.getBuffer().setLength(0);
        List<String> words = new ArrayList<>(
                List.of("evaluate", "--model", "../models/teacher-synthetic.json", "--dataset", "folder:" + directory));
        words.addAll(List.of(more));
        return RefluxCommandLine.execute(new PrintWriter(out), new PrintWriter(err), words.toArray(new String[0]));
    }

    @Test
    void givenAnUpsideDownCameraAndLabelsWithATransparentValue_whenEvaluated_thenTheScoreIsTheSame() throws Exception {
        int plain = evaluate();
        String wanted = out.toString();
        ImageCodec images = ImageCodec.standard();
        for (Path file : files("images")) {
            RgbImage image = images.decode(Files.readAllBytes(file));
            byte[] turned = new byte[image.rgb().length];
            for (int i = 0; i < turned.length; i++) {
                turned[i] = image.rgb()[turned.length - 3 - i + 2 * (i % 3)];
            }
            byte[] png = images.encodePng(new RgbImage(image.width(), image.height(), turned));
            Files.delete(file);
            Files.write(
                    file.resolveSibling(file.getFileName().toString().replace(".jpg", ".png")),
                    with("eXIf", UPSIDE_DOWN, png));
        }
        for (Path file : files("labels")) {
            Files.write(file, with("tRNS", new byte[] {0, (byte) 255}, Files.readAllBytes(file)));
        }

        int code = evaluate();

        assertThat(plain).isZero();
        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).isEqualTo(wanted).contains("mIoU");
    }

    @Test
    void givenATestSplitWithoutALabeledPixel_whenEvaluated_thenItIsRefused() throws Exception {
        LabelMapCodec labels = new LabelMapCodec();
        byte[] nothing = new byte[256 * 160];
        Arrays.fill(nothing, (byte) 255);
        for (String name : Files.readAllLines(directory.resolve("splits/test.txt"))) {
            Files.write(directory.resolve("labels/" + name + ".png"), labels.encode(new LabelMap(256, 160, nothing)));
        }

        int code = evaluate();

        assertThat(code).isEqualTo(2);
        assertThat(err.toString())
                .contains("has no labeled pixel in its ")
                .contains("a score of none would mean nothing");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void givenTrainingFramesWithoutALabel_whenEvaluated_thenTheScoreIsOfTheOthersAndTheyAreCounted() throws Exception {
        List<String> names = Files.readAllLines(directory.resolve("splits/train.txt"));
        for (String name : names.subList(0, 3)) {
            Files.delete(directory.resolve("labels/" + name + ".png"));
        }

        int code = evaluate("--split", "train");

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("/train, 5 frames, at ");
        assertThat(err.toString()).contains("3 of 8 frames of train have no label and are left out.");
    }

    @Test
    void givenAnotherSizeThanTheCards_whenEvaluated_thenTheModelLooksAtThatSize() {
        evaluate();
        String atTheSizeOfTheCard = scores();

        int code = evaluate("--size", "64x40");

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains(", at 64x40");
        assertThat(scores()).contains("mIoU").isNotEqualTo(atTheSizeOfTheCard);
    }

    /** Returns what was printed after the first line, which names the size. */
    private String scores() {
        return out.toString().substring(out.toString().indexOf('\n') + 1);
    }

    private List<Path> files(String folder) throws IOException {
        try (Stream<Path> list = Files.list(directory.resolve(folder))) {
            return list.toList();
        }
    }

    /** Returns a PNG with one more chunk behind its header. */
    private static byte[] with(String type, byte[] data, byte[] png) {
        ByteBuffer chunk = ByteBuffer.allocate(12 + data.length);
        chunk.putInt(data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data);
        CRC32 crc = new CRC32();
        crc.update(chunk.array(), 4, 4 + data.length);
        chunk.putInt((int) crc.getValue());
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(png, 0, 33);
        file.writeBytes(chunk.array());
        file.write(png, 33, png.length - 33);
        return file.toByteArray();
    }
}
