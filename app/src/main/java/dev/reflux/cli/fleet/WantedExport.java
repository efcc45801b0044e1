package dev.reflux.cli.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.message.WantedLabel;
import dev.reflux.common.message.WantedReason;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes wanted labels as text that other programs read. Immutable.
 *
 * @param format the format of the text
 * @param image the address of a frame's image; empty if it is to be left out
 */
record WantedExport(WantedFormat format, Optional<ImageUrl> image) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Returns the time at which the frame was captured. */
    static Instant capturedAt(WantedLabel label) {
        long micros = label.getCapturedAtMicros();
        long second = TimeUnit.SECONDS.toMicros(1);
        return Instant.ofEpochSecond(
                Math.floorDiv(micros, second), TimeUnit.MICROSECONDS.toNanos(Math.floorMod(micros, second)));
    }

    /** Returns the figures of the score by name, in the order of the message. */
    static Map<String, Double> reasons(WantedLabel label) {
        return label.getReasonsList().stream()
                .collect(Collectors.toMap(
                        WantedReason::getName, WantedReason::getValue, (first, second) -> second, LinkedHashMap::new));
    }

    String text(List<WantedLabel> labels) {
        return switch (format) {
            case JSONL -> lines(labels.stream().map(this::flat).map(WantedExport::json));
            case CSV -> csv(labels);
            case LABEL_STUDIO ->
                lines(labels.stream()
                        .map(this::task)
                        .map(WantedExport::json)
                        .collect(Collectors.collectingAndThen(
                                Collectors.joining(",\n"), tasks -> Stream.of("[" + tasks + "]"))));
        };
    }

    private static String lines(Stream<String> lines) {
        return lines.map(line -> line + "\n").collect(Collectors.joining());
    }

    /** What names the frame, and where it is. */
    private Map<String, Object> frame(WantedLabel label) {
        Map<String, Object> frame = new LinkedHashMap<>();
        image.ifPresent(url -> frame.put("image", url.of(label)));
        frame.put("frame_id", label.getFrameId());
        frame.put("camera_id", label.getCameraId());
        frame.put("vehicle_id", label.getVehicleId());
        frame.put("captured_at", capturedAt(label).toString());
        return frame;
    }

    /** Why its label is wanted. */
    private static Map<String, Object> why(WantedLabel label) {
        Map<String, Object> why = new LinkedHashMap<>();
        why.put("model", label.getModelName());
        why.put("window", label.getWindow());
        why.put("rank", label.getRank());
        why.put("score", label.getScore());
        why.put("reasons", reasons(label));
        return why;
    }

    private Map<String, Object> flat(WantedLabel label) {
        Map<String, Object> all = frame(label);
        all.putAll(why(label));
        if (label.hasFrameSource()) {
            all.put("topic", label.getFrameSource().getTopic());
            all.put("partition", label.getFrameSource().getPartition());
            all.put("offset", label.getFrameSource().getOffset());
        }
        return all;
    }

    private Map<String, Object> task(WantedLabel label) {
        Map<String, Object> task = new LinkedHashMap<>();
        task.put("data", frame(label));
        task.put("meta", why(label));
        return task;
    }

    private String csv(List<WantedLabel> labels) {
        List<String> names = labels.stream()
                .flatMap(label -> reasons(label).keySet().stream())
                .distinct()
                .sorted()
                .toList();
        Map<String, Function<WantedLabel, Object>> columns = new LinkedHashMap<>();
        columns.put("frame_id", WantedLabel::getFrameId);
        columns.put("camera_id", WantedLabel::getCameraId);
        columns.put("vehicle_id", WantedLabel::getVehicleId);
        columns.put("captured_at", WantedExport::capturedAt);
        columns.put("model", WantedLabel::getModelName);
        columns.put("window", WantedLabel::getWindow);
        columns.put("rank", WantedLabel::getRank);
        columns.put("score", WantedLabel::getScore);
        names.forEach(name -> columns.put(name, label -> reasons(label).getOrDefault(name, 0.0)));
        image.ifPresent(url -> columns.put("image", url::of));
        Stream<String> head = Stream.of(row(columns.keySet().stream()));
        return lines(Stream.concat(
                head, labels.stream().map(label -> row(columns.values().stream().map(column -> column.apply(label))))));
    }

    private static String row(Stream<?> values) {
        return values.map(value -> quoted(String.valueOf(value))).collect(Collectors.joining(","));
    }

    private static String quoted(String value) {
        boolean plain = value.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? value : "\"" + value.replace("\"", "\"\"") + "\"";
    }

    private static String json(Map<String, Object> object) {
        try {
            return JSON.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of texts and numbers are always written", e);
        }
    }
}
