package dev.reflux.trainer.fates;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.trainer.ingest.FramePlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The fates of a version as JSON; docs/fates.md describes it. Stateless. */
public final class FatesFile {

    private static final int FORMAT = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private FatesFile() {}

    /**
     * Returns the bytes of the file.
     *
     * @param topic the topic of the samples
     * @param parent the version before
     * @param state the fates since that version
     * @param nextOffsets the next offset of each partition
     */
    public static byte[] write(
            String model, String topic, long parent, FateLog.State state, Map<Integer, Long> nextOffsets) {
        ObjectNode root = JSON.createObjectNode();
        root.put("format", FORMAT)
                .put("model", model)
                .put("parentVersion", parent)
                .put("topic", topic);
        List<List<String>> topics = new ArrayList<>();
        ArrayNode partitions = root.putArray("partitions");
        state.earlier().forEach(before -> add(partitions, before, topics));
        add(partitions, new FateLog.Earlier(state.from(), nextOffsets, state.runs()), topics);
        ArrayNode named = root.putArray("frameTopics");
        topics.forEach(one -> named.addObject().put("topic", one.get(0)).put("id", one.get(1)));
        return bytes(root);
    }

    private static void add(ArrayNode partitions, FateLog.Earlier read, List<List<String>> topics) {
        Map<Integer, ArrayNode> runs = new TreeMap<>();
        for (FateRun run : read.runs()) {
            runs.computeIfAbsent(run.partition(), partition -> JSON.createArrayNode())
                    .add(run(run, topics));
        }
        new TreeMap<>(read.to()).forEach((partition, to) -> partitions
                .addObject()
                .put("partition", partition)
                .put("from", read.from().getOrDefault(partition, 0L))
                .put("to", to)
                .set("runs", runs.getOrDefault(partition, JSON.createArrayNode())));
    }

    private static byte[] bytes(ObjectNode root) {
        try {
            return JSON.writeValueAsBytes(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode run(FateRun run, List<List<String>> topics) {
        ObjectNode node = JSON.createObjectNode();
        node.put("fate", run.fate())
                .put("first", run.first())
                .put("last", run.last())
                .put("samples", run.samples());
        if (!run.reason().isEmpty()) {
            node.put("reason", run.reason());
        }
        if (run.frame() != null) {
            node.set("frames", place(run.frame(), topics));
        }
        if (run.of() != null) {
            node.set("of", place(run.of(), topics));
        }
        return node;
    }

    private static ObjectNode place(FramePlace place, List<List<String>> topics) {
        List<String> topic = List.of(place.topic(), place.topicId());
        if (!topics.contains(topic)) {
            topics.add(topic);
        }
        return JSON.createObjectNode()
                .put("topic", topics.indexOf(topic))
                .put("partition", place.partition())
                .put("first", place.offset());
    }
}
