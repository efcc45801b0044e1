package dev.reflux.torch.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.failure.Cause;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The safetensors format: 8 bytes of header length (little-endian), a JSON header {@code {"name": {"dtype", "shape",
 * "data_offsets"}, "__metadata__": {…}}} padded with blanks to a multiple of 8, then the tensors' bytes. Written
 * deterministically: the same tensors and metadata give the same bytes. Reads F32 and I64.
 *
 * <p>Source: https://huggingface.co/docs/safetensors, section "Format".
 */
public final class Safetensors {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String METADATA = "__metadata__";
    private static final int LENGTH_BYTES = 8;

    /**
     * The contents of a file.
     *
     * @param tensors the tensors in the order of their data
     * @param metadata the texts by key
     */
    public record File(List<NamedTensor> tensors, Map<String, String> metadata) {
        public File {
            tensors = List.copyOf(tensors);
            metadata = Map.copyOf(metadata);
        }

        /**
         * Returns the tensor of a name.
         *
         * @throws IllegalArgumentException if there is none
         */
        public NamedTensor require(String name) {
            return tensors.stream()
                    .filter(t -> t.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("there is no tensor " + name));
        }
    }

    private Safetensors() {}

    /**
     * Writes a file.
     *
     * @throws IllegalArgumentException if a name occurs twice or is reserved
     */
    public static byte[] write(List<NamedTensor> tensors, Map<String, String> metadata) {
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode texts = header.putObject(METADATA);
            new TreeMap<>(metadata).forEach(texts::put);
        }
        long offset = 0;
        for (NamedTensor tensor : tensors) {
            if (header.has(tensor.name()) || tensor.name().equals(METADATA)) {
                throw new IllegalArgumentException("the name " + tensor.name() + " is taken");
            }
            ObjectNode entry = header.putObject(tensor.name());
            entry.put("dtype", tensor.type().name());
            ArrayNode shape = entry.putArray("shape");
            tensor.shape().forEach(shape::add);
            ArrayNode offsets = entry.putArray("data_offsets");
            offsets.add(offset);
            offset += tensor.data().remaining();
            offsets.add(offset);
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + 7) / 8 * 8;
        ByteBuffer file = ByteBuffer.allocate(Math.toIntExact(LENGTH_BYTES + padded + offset))
                .order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(padded).put(json);
        for (int i = json.length; i < padded; i++) {
            file.put((byte) ' ');
        }
        tensors.forEach(tensor -> file.put(tensor.data().duplicate()));
        return file.array();
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if the bytes are not a safetensors file, or have other types of elements
     */
    public static File read(byte[] bytes) {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long length = bytes.length < LENGTH_BYTES ? -1 : file.getLong();
        if (length < 2 || length > bytes.length - LENGTH_BYTES) {
            throw new IllegalArgumentException("these " + bytes.length + " bytes are no safetensors file");
        }
        JsonNode header;
        try {
            header = JSON.readTree(bytes, LENGTH_BYTES, (int) length);
        } catch (IOException e) {
            throw new IllegalArgumentException("the safetensors header is not JSON", e);
        }
        if (!header.isObject()) {
            throw new IllegalArgumentException("the safetensors header is not a JSON object");
        }
        int start = LENGTH_BYTES + (int) length;
        Map<String, String> metadata = new TreeMap<>();
        header.path(METADATA)
                .properties()
                .forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
        List<Map.Entry<Long, NamedTensor>> tensors = new ArrayList<>();
        for (Iterator<Map.Entry<String, JsonNode>> it = header.properties().iterator(); it.hasNext(); ) {
            Map.Entry<String, JsonNode> entry = it.next();
            if (!entry.getKey().equals(METADATA)) {
                long from = entry.getValue().at("/data_offsets/0").asLong(-1);
                tensors.add(Map.entry(from, tensor(entry.getKey(), entry.getValue(), file, start)));
            }
        }
        tensors.sort(Map.Entry.comparingByKey(Comparator.naturalOrder()));
        return new File(tensors.stream().map(Map.Entry::getValue).toList(), metadata);
    }

    private static NamedTensor tensor(String name, JsonNode entry, ByteBuffer file, int start) {
        JsonNode offsets = entry.path("data_offsets");
        long from = number(offsets.path(0), name);
        long to = number(offsets.path(1), name);
        if (offsets.size() != 2 || to < from || to > file.capacity() - start) {
            throw new IllegalArgumentException("the data of tensor " + name + " is not in the file");
        }
        NamedTensor.Type type;
        try {
            type = NamedTensor.Type.valueOf(entry.path("dtype").asText());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "tensor "
                            + Cause.oneLine(
                                    name + " is of type " + entry.path("dtype").asText())
                            + "; F32 and I64 are supported",
                    e);
        }
        List<Long> shape = new ArrayList<>();
        if (!entry.path("shape").isArray()) {
            throw new IllegalArgumentException("tensor " + name + " has no shape");
        }
        entry.path("shape").forEach(d -> shape.add(number(d, name)));
        return new NamedTensor(name, type, shape, file.slice(start + (int) from, (int) (to - from)));
    }

    private static long number(JsonNode node, String name) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.asLong() < 0) {
            throw new IllegalArgumentException(
                    "tensor " + name + " has " + node + " where a number of at least 0 belongs");
        }
        return node.asLong();
    }
}
