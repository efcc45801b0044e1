package dev.reflux.datasets;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.label.LabelSchemas;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Frames f0, f1, ... of three cameras in turn, a second apart, of which every so many have a label.
 *
 * @param every 0: none has
 */
record SomeLabels(int frames, int every) implements Dataset {

    private static final int CAMERAS = 3;

    @Override
    public String id() {
        return "some";
    }

    @Override
    public LabelSchema schema() {
        return LabelSchemas.builtIn().find("camvid-11").orElseThrow();
    }

    @Override
    public ImageSize size() {
        return new ImageSize(1, 1);
    }

    @Override
    public List<String> splits() {
        return List.of("train", "test");
    }

    @Override
    public int count(String split) {
        return frames;
    }

    @Override
    public Stream<Frame> frames(String split) {
        return IntStream.range(0, frames)
                .mapToObj(i -> new Frame(
                        "f" + i,
                        "camera-" + i % CAMERAS,
                        "vehicle",
                        Instant.EPOCH.plusSeconds(i),
                        "",
                        "",
                        "",
                        new byte[] {1, (byte) i},
                        every > 0 && i % every == 0 ? new byte[] {2, (byte) i} : new byte[0]));
    }
}
