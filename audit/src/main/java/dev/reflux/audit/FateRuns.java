package dev.reflux.audit;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A file of fates, as docs/fates.md describes it. */
record FateRuns(String model, long parent, List<Partition> partitions) {

    private static final int FORMAT = 1;
    /** A bound on what is read: 8192 runs and one window have less than a quarter of it. */
    static final long MOST_BYTES = 16L << 20;

    /** The samples of one partition between a parent and its version. */
    record Partition(int number, long from, long to, List<Run> runs) {}

    /** Samples that follow one another and had one fate. */
    record Run(
            String fate,
            String reason,
            long first,
            long last,
            long samples,
            Optional<Place> frames,
            Optional<Place> of) {}

    /** The place of a frame. */
    record Place(String topic, String topicId, int partition, long first) {

        Place plus(long frames) {
            return new Place(topic, topicId, partition, first + frames);
        }

        @Override
        public String toString() {
            return topic + " " + partition + ":" + first;
        }
    }

    /** @throws IOException if the bytes are no file of fates of a format that this build reads */
    static FateRuns read(byte[] bytes) throws IOException {
        ObjectMapper json = new ObjectMapper();
        json.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(20).build());
        JsonNode root = json.readTree(bytes);
        if (root.path("format").asInt() != FORMAT) {
            throw new IOException("its format is " + root.path("format") + ", and this build reads " + FORMAT);
        }
        List<Partition> partitions = new ArrayList<>();
        for (JsonNode partition : root.path("partitions")) {
            List<Run> runs = new ArrayList<>();
            for (JsonNode run : partition.path("runs")) {
                runs.add(new Run(
                        run.path("fate").asText(),
                        run.path("reason").asText(),
                        number(run, "first"),
                        number(run, "last"),
                        number(run, "samples"),
                        place(run.path("frames"), root),
                        place(run.path("of"), root)));
            }
            partitions.add(new Partition(
                    (int) number(partition, "partition"), number(partition, "from"), number(partition, "to"), runs));
        }
        return new FateRuns(
                root.path("model").asText(), root.path("parentVersion").asLong(-1), partitions);
    }

    private static Optional<Place> place(JsonNode node, JsonNode root) throws IOException {
        if (!node.isObject()) {
            return Optional.empty();
        }
        JsonNode topic = root.path("frameTopics").path(node.path("topic").asInt(-1));
        if (!topic.isObject()) {
            throw new IOException("a run names a topic that is not listed");
        }
        return Optional.of(new Place(
                topic.path("topic").asText(),
                topic.path("id").asText(),
                (int) number(node, "partition"),
                number(node, "first")));
    }

    private static long number(JsonNode node, String name) throws IOException {
        JsonNode value = node.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
            throw new IOException("a " + name + " is " + (value.isMissingNode() ? "absent" : value));
        }
        return value.asLong();
    }
}
