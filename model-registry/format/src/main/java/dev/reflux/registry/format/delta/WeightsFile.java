package dev.reflux.registry.format.delta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The positions of the tensors in a safetensors file. */
final class WeightsFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STATISTICS = ".*\\.running_(mean|var)";

    /** As the format's own limit. */
    private static final long MOST_HEADER_BYTES = 100_000_000;

    private WeightsFile() {}

    /**
     * A tensor.
     *
     * @param name the name
     * @param type the type of its numbers, such as F32
     * @param rank the number of its dimensions
     * @param start the offset in the file, in bytes
     * @param length the length, in bytes
     */
    record Tensor(String name, String type, int rank, int start, int length) {

        boolean isFloat() {
            return type.equals("F32") && length > 0;
        }

        boolean isStatistic() {
            return name.matches(STATISTICS);
        }

        /** Returns whether it holds the weights of a convolution or a linear layer: nearly all numbers of a student. */
        boolean isMatrix() {
            return isFloat() && rank > 1;
        }
    }

    /**
     * Returns the tensors of a file, in the order of its header.
     *
     * @throws DeltaException when the bytes are no safetensors file
     */
    static List<Tensor> tensors(byte[] safetensors) {
        try {
            long header = safetensors.length < Long.BYTES
                    ? -1
                    : ByteBuffer.wrap(safetensors)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong(0);
            if (header < 0 || header > Math.min(MOST_HEADER_BYTES, safetensors.length - Long.BYTES)) {
                throw damaged("its header does not fit into it", null);
            }
            JsonNode root = JSON.readTree(safetensors, Long.BYTES, (int) header);
            int begin = Long.BYTES + (int) header;
            List<Tensor> tensors = new ArrayList<>();
            long payload = safetensors.length - begin;
            for (var entry : root.properties()) {
                if (!entry.getKey().equals("__metadata__")) {
                    Tensor tensor = tensor(entry.getKey(), entry.getValue(), begin, safetensors.length);
                    // Tensors do not overlap: together they are no longer than what is there.
                    payload -= tensor.length();
                    tensors.add(tensor);
                }
            }
            if (payload < 0) {
                throw damaged("its tensors overlap", null);
            }
            return tensors;
        } catch (IOException e) {
            throw damaged("its header is not JSON", e);
        }
    }

    private static Tensor tensor(String name, JsonNode entry, int begin, int end) {
        JsonNode offsets = entry.path("data_offsets");
        long from = offsets.path(0).asLong(-1);
        long to = offsets.path(1).asLong(-1);
        String type = entry.path("dtype").asText();
        boolean whole = !type.equals("F32") || (to - from) % Float.BYTES == 0;
        if (from < 0 || to < from || to > end - begin || !whole) {
            throw damaged("the tensor \"" + name + "\" lies outside of it", null);
        }
        return new Tensor(name, type, entry.path("shape").size(), (int) (begin + from), (int) (to - from));
    }

    private static DeltaException damaged(String why, @Nullable Exception cause) {
        return new DeltaException("weights.safetensors cannot be read: " + why + ".", cause);
    }
}
