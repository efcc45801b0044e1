package dev.reflux.datasets.synthetic;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.label.LabelSchemas;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.Frame;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Four vehicles drive through streets that a seed generates. "train" goes through day, rain, dusk, night and day again;
 * "test" has other streets and every domain. Each camera has a frame a second. Frames are rendered as they are read.
 */
public final class SyntheticDataset implements Dataset {

    public static final int STANDARD_FRAMES = 320;
    public static final int DOMAINS = Domain.STREAM.size();

    private static final int TEST_FRAMES = 60;
    private static final int VEHICLES = 4;
    private static final ImageSize SIZE = new ImageSize(256, 160);
    private static final float SPEED = 6;
    private static final float JPEG_QUALITY = 0.9f;
    private static final Instant START = Instant.parse("2026-03-02T10:00:00Z");
    private static final long SECONDS_BETWEEN_DOMAINS = 3 * 3600;

    private final ImageCodec images = ImageCodec.standard();
    private final LabelMapCodec labels = new LabelMapCodec();
    private final LabelSchema schema =
            LabelSchemas.builtIn().find("synthetic-9").orElseThrow();
    private final long seed;
    private final int trainFrames;

    /**
     * Creates a data set.
     *
     * @param seed seed of the streets
     * @param trainFrames training frames, at least one for each domain of the stream
     */
    public SyntheticDataset(long seed, int trainFrames) {
        if (trainFrames < DOMAINS) {
            throw new IllegalArgumentException("at least " + DOMAINS + " frames are needed, not " + trainFrames);
        }
        this.seed = seed;
        this.trainFrames = trainFrames;
    }

    /** Returns the data set of seed 1 and 320 training frames, which the quickstart streams. */
    public static SyntheticDataset standard() {
        return new SyntheticDataset(1, STANDARD_FRAMES);
    }

    @Override
    public String id() {
        return "synthetic:" + seed;
    }

    @Override
    public LabelSchema schema() {
        return schema;
    }

    @Override
    public ImageSize size() {
        return SIZE;
    }

    @Override
    public List<String> splits() {
        return List.of("train", "test");
    }

    @Override
    public int count(String split) {
        return switch (split) {
            case "train" -> trainFrames;
            case "test" -> TEST_FRAMES;
            default ->
                throw new UsageException(
                        "The synthetic data set has no split \"" + split + "\"; it has " + splits() + ".");
        };
    }

    @Override
    public int labeledCount(String split) {
        return count(split);
    }

    @Override
    public Stream<Frame> frames(String split) {
        int count = count(split);
        return IntStream.range(0, count).mapToObj(i -> frame(split, i, count));
    }

    private Frame frame(String split, int place, int count) {
        List<Domain> domains = split.equals("train") ? Domain.STREAM : Domain.ALL;
        int leg = (int) ((long) place * domains.size() / count);
        int first = (leg * count + domains.size() - 1) / domains.size();
        int vehicle = (place - first) % VEHICLES;
        int second = (place - first) / VEHICLES;
        Domain domain = domains.get(leg);
        int street = Canvas.hash((int) (seed ^ seed >>> 32), leg * VEHICLES + vehicle, split.equals("train") ? 1 : 2);
        // A test street is driven faster, so that its few frames differ more.
        Canvas canvas = paint(street, second, split.equals("train") ? SPEED : 3 * SPEED);
        RgbImage image = new Exposure(domain, Canvas.hash(street, second, 9)).expose(canvas);
        return new Frame(
                id() + "/" + split + "/" + place,
                "front-" + (vehicle + 1),
                "car-" + (vehicle + 1),
                START.plusSeconds(leg * SECONDS_BETWEEN_DOMAINS + second),
                domain.weather(),
                domain.timeOfDay(),
                domain.name(),
                images.encodeJpeg(image, JPEG_QUALITY),
                labels.encode(new LabelMap(canvas.width(), canvas.height(), canvas.labels())));
    }

    private static Canvas paint(int street, int second, float speed) {
        Canvas canvas = new Canvas(SIZE.width(), SIZE.height());
        new ScenePainter(canvas, new Street(street), 5 + speed * second, second).paint();
        return canvas;
    }
}
