package dev.reflux.examples.dataset;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.Frame;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Frames of two classes, rendered as they are read: every fifth is a test frame. Immutable, so any thread may use it.
 *
 * @param frames number of frames of both splits
 */
record StripesDataset(int frames) implements Dataset {

    private static final ImageSize SIZE = new ImageSize(96, 64);
    private static final int STRIPE_WIDTH = 16;
    private static final int TEST_EVERY = 5;
    private static final LabelSchema SCHEMA =
            LabelSchema.parse("{\"id\": \"stripes-2\", \"classes\": [{\"name\": \"road\"}, {\"name\": \"stripe\"}]}");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public String id() {
        return "stripes";
    }

    @Override
    public LabelSchema schema() {
        return SCHEMA;
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
        return (int) places(split).count();
    }

    @Override
    public Stream<Frame> frames(String split) {
        return places(split).mapToObj(StripesDataset::frame);
    }

    private IntStream places(String split) {
        if (!splits().contains(split)) {
            throw new UsageException("The data set stripes has no split \"" + split + "\"; it has " + splits() + ".");
        }
        boolean test = split.equals("test");
        return IntStream.range(0, frames).filter(place -> (place % TEST_EVERY == TEST_EVERY - 1) == test);
    }

    private static Frame frame(int place) {
        byte[] label = new byte[SIZE.width() * SIZE.height()];
        byte[] rgb = new byte[3 * label.length];
        for (int pixel = 0; pixel < label.length; pixel++) {
            int x = (pixel % SIZE.width() + place) % SIZE.width();
            boolean stripe = x < STRIPE_WIDTH;
            label[pixel] = (byte) (stripe ? 1 : 0);
            for (int channel = 0; channel < 3; channel++) {
                rgb[3 * pixel + channel] = (byte) (stripe ? 200 : 40);
            }
        }
        return new Frame(
                "stripes/" + place,
                "camera-1",
                "vehicle-1",
                START.plusSeconds(place),
                "clear",
                "day",
                "stripes",
                ImageCodec.standard().encodePng(new RgbImage(SIZE.width(), SIZE.height(), rgb)),
                new LabelMapCodec().encode(new LabelMap(SIZE.width(), SIZE.height(), label)));
    }
}
