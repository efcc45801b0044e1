package dev.reflux.datasets;

import com.google.protobuf.ByteString;
import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.codec.RepeatableFrames;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.message.FrameDomain;
import dev.reflux.common.message.LabeledFrame;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A data set as the messages of a fleet.
 *
 * @param dataset the data set
 * @param split the name of the split
 * @param cameras 0 for the cameras of the data set; otherwise the number of cameras, each of which sees every frame
 * @param laps the number of times that the split is repeated; 0 for no end
 * @param limit the largest number of messages; 0 for no limit
 */
public record FleetPlan(Dataset dataset, String split, int cameras, long laps, long limit) implements RepeatableFrames {

    /** The time between the end of a lap and the beginning of the next, by the clock of the frames. */
    private static final Duration BETWEEN_LAPS = Duration.ofMinutes(1);

    public FleetPlan {
        if (cameras < 0 || laps < 0 || limit < 0) {
            throw new UsageException("Cameras, laps and frames to push cannot be negative; give 0 or more.");
        }
    }

    /** Returns the split once, as its cameras recorded it. */
    public static FleetPlan once(Dataset dataset, String split) {
        return new FleetPlan(dataset, split, 0, 1, 0);
    }

    /** Returns a copy that is limited to the first messages. */
    public FleetPlan first(long messages) {
        return new FleetPlan(dataset, split, cameras, laps, messages);
    }

    /** Returns the number of messages; -1 when there is no end. */
    public long count() {
        if (laps == 0) {
            return limit == 0 ? -1 : limit;
        }
        long all = laps * dataset.count(split) * Math.max(1, cameras);
        return limit == 0 ? all : Math.min(all, limit);
    }

    /** Returns the data set, the split and the number of cameras: laps and limit change no position. */
    @Override
    public String name() {
        return dataset.id() + "/" + split + "/" + cameras;
    }

    @Override
    public Stream<LabeledFrame> messages() {
        FleetReading reading = new FleetReading(this, laps == 1 ? Duration.ZERO : span().plus(BETWEEN_LAPS));
        Stream<LabeledFrame> all = StreamSupport.stream(reading, false).onClose(reading::close);
        return limit == 0 ? all : all.limit(limit);
    }

    /** A message without its contents. */
    record Place(String cameraId, boolean labeled) {}

    /** Returns the place of each message, in order, from one reading of the split. */
    Stream<Place> places() {
        List<Place> lap;
        try (Stream<Frame> frames = dataset.frames(split)) {
            lap = frames.map(frame -> new Place(frame.cameraId(), frame.labeled()))
                    .toList();
        }
        Stream<Long> laps = Stream.iterate(0L, number -> this.laps == 0 || number < this.laps, number -> number + 1);
        Stream<Place> all = laps.flatMap(number -> lap.stream()
                .flatMap(place -> cameras == 0
                        ? Stream.of(place)
                        : IntStream.rangeClosed(1, cameras)
                                .mapToObj(camera -> new Place(cameraId(camera), place.labeled()))));
        return limit == 0 ? all : all.limit(limit);
    }

    private static String cameraId(int camera) {
        return "camera-" + camera;
    }

    /** Returns the time between the first and the last frame. */
    private Duration span() {
        Instant first = Instant.MAX;
        Instant last = Instant.MIN;
        try (Stream<Frame> frames = dataset.frames(split)) {
            for (Iterator<Frame> each = frames.iterator(); each.hasNext(); ) {
                Instant at = each.next().capturedAt();
                first = at.isBefore(first) ? at : first;
                last = at.isAfter(last) ? at : last;
            }
        }
        return first.isAfter(last) ? Duration.ZERO : Duration.between(first, last);
    }

    /**
     * Returns the message of a frame; a frame without a label has an empty one.
     *
     * @param camera 0 for the camera of the data set
     */
    LabeledFrame message(Frame frame, long lap, int camera, Duration lapLength) {
        String id = frame.frameId() + (camera == 0 ? "" : "@" + camera) + (lap == 0 ? "" : "#" + (lap + 1));
        Instant at = frame.capturedAt().plus(lapLength.multipliedBy(lap));
        return LabeledFrame.newBuilder()
                .setFormatVersion(MessageCodec.FORMAT_VERSION)
                .setFrameId(id)
                .setCameraId(camera == 0 ? frame.cameraId() : cameraId(camera))
                .setVehicleId(camera == 0 ? frame.vehicleId() : "vehicle-" + camera)
                .setCapturedAtMicros(
                        Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000L), at.getNano() / 1000))
                .setDomain(FrameDomain.newBuilder()
                        .setWeather(frame.weather())
                        .setTimeOfDay(frame.timeOfDay())
                        .setSequence(frame.sequence()))
                .setImage(ByteString.copyFrom(frame.image()))
                .setLabel(ByteString.copyFrom(frame.label()))
                .setLabelSchemaId(dataset.schema().id())
                .build();
    }
}
