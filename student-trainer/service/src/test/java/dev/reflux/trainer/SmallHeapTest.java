package dev.reflux.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.trainer.checkpoint.CheckpointStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Frames of 2048x1024 in a heap that could hold twelve of them as they come. */
@Timeout(300)
class SmallHeapTest {

    private static final int WIDTH = 2048;
    private static final int HEIGHT = 1024;
    private static final int FRAMES = 64;
    private static final String HEAP = "-Xmx160m";

    @TempDir
    private Path directory;

    private static byte[] sample(byte[] image, byte[] label, int i) {
        LabelMap grid = Samples.label(i, 0);
        DistillationSample.Builder sample = Samples.with(
                        i, frame -> frame.setImage(ByteString.copyFrom(image)).setLabel(ByteString.copyFrom(label)))
                .setViewWidth(512)
                .setViewHeight(256)
                .setLogits(Samples.tensor(grid, 32, 64))
                .setProjectedLogits(Samples.tensor(grid, 16, 32));
        return Samples.value(sample);
    }

    @Test
    void givenLargeFramesAndASmallHeap_whenTrainedAndStartedAgain_thenReplayStaysWithinItsBytesAndNothingDies()
            throws Exception {
        byte[] image =
                ImageCodec.standard().encodeJpeg(new RgbImage(WIDTH, HEIGHT, new byte[3 * WIDTH * HEIGHT]), 0.9f);
        byte[] label = new LabelMapCodec().encode(new LabelMap(WIDTH, HEIGHT, new byte[WIDTH * HEIGHT]));
        try (TrainerBench bench = new TrainerBench(directory)) {
            for (int i = 0; i < FRAMES; i++) {
                bench.push(sample(image, label, i));
            }

            assertThat(run(bench, FRAMES - 16)).contains("trained 48");
            assertThat(run(bench, FRAMES)).as("with what the checkpoint names").contains("trained 64");

            assertThat(new CheckpointStore(directory.resolve("checkpoints"))
                            .newest()
                            .orElseThrow()
                            .state()
                            .replay())
                    .as("the samples of the heap's share: all of these")
                    .hasSize(FRAMES);
        }
    }

    private String run(TrainerBench bench, int samples) throws Exception {
        List<String> lines = new ArrayList<>();
        bench.keys(
                        "checkpoints",
                        Map.of(
                                "trainer.learning.holdout-fraction", "0",
                                "trainer.kafka.queue", "8",
                                "trainer.learning.new-frames", "4"))
                .forEach((key, value) -> lines.add(key + "=" + value));
        Path settings = Files.write(directory.resolve("settings"), lines);
        Path output = directory.resolve("output");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), HEAP, "-XX:+UseSerialGC"));
        System.getProperties().forEach((key, value) -> {
            if (String.valueOf(key).startsWith("ai.djl.")) {
                command.add("-D" + key + "=" + value);
            }
        });
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                SmallHeapTrainer.class.getName(),
                settings.toString(),
                String.valueOf(samples)));
        Process trainer = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(trainer.waitFor(120, TimeUnit.SECONDS)).as("ends").isTrue();
        } finally {
            trainer.destroyForcibly();
        }
        return Files.readString(output, StandardCharsets.UTF_8);
    }
}
