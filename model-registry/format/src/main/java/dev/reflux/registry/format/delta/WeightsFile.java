package dev.reflux.registry.format.delta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Where the tensors of a safetensors file stand in it. */
final class WeightsFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STATISTICS = ".*\\.running_(mean|var)";

    private WeightsFile() {}

    /**
     * A tensor; start and length are bytes of the file.
     *
     * @param rank number of its dimensions
     */
    record Tensor(String name, String type, int rank, int start, int length) {

        boolean isFloat() {
            return type.equals("F32") && length > 0;
        }

        boolean isStatistic() {
            return name.matches(STATISTICS);
        }

        /** A convolution's or a linear layer's weights, of which a student mostly consists. */
        boolean isMatrix() {
            return isFloat() && rank > 1;
        }
    }

    /** @throws DeltaException when the bytes are no safetensors file */
    static List<Tensor> tensors(byte[] safetensors) {
        try {
            ByteBuffer file = ByteBuffer.wrap(safetensors).order(ByteOrder.LITTLE_ENDIAN);
            int header = Math.toIntExact(file.getLong(0));
            JsonNode root = JSON.readTree(safetensors, Long.BYTES, header);
            List<Tensor> tensors = new ArrayList<>();
            for (var entry : root.properties()) {
                if (!entry.getKey().equals("__metadata__")) {
                    JsonNode offsets = entry.getValue().path("data_offsets");
                    int begin = offsets.path(0).asInt();
                    tensors.add(new Tensor(
                            entry.getKey(),
                            entry.getValue().path("dtype").asText(),
                            entry.getValue().path("shape").size(),
                            Long.BYTES + header + begin,
                            offsets.path(1).asInt() - begin));
                }
            }
            return tensors;
        } catch (IOException | RuntimeException e) {
            throw new DeltaException("weights.safetensors cannot be read: " + e.getMessage() + ".", e);
        }
    }
}
