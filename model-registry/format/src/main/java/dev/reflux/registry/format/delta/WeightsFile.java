package dev.reflux.registry.format.delta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.Cause;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The positions of the tensors in a safetensors file. */
final class WeightsFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STATISTICS = ".*\\.running_(mean|var)";

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
            ByteBuffer file = ByteBuffer.wrap(safetensors).order(ByteOrder.LITTLE_ENDIAN);
            int header = Math.toIntExact(file.getLong(0));
            JsonNode root = JSON.readTree(safetensors, Long.BYTES, header);
            List<Tensor> tensors = new ArrayList<>();
            for (var entry : root.properties()) {
                if (!entry.getKey().equals("__metadata__")) {
                    JsonNode offsets = entry.getValue().path("data_offsets");
                    int begin = offsets.path(0).asInt();
                    int end = offsets.path(1).asInt();
                    if (begin < 0 || end < begin || end > safetensors.length - Long.BYTES - header) {
                        throw new DeltaException(
                                "weights.safetensors does not hold its tensor " + entry.getKey() + ".");
                    }
                    tensors.add(new Tensor(
                            entry.getKey(),
                            entry.getValue().path("dtype").asText(),
                            entry.getValue().path("shape").size(),
                            Long.BYTES + header + begin,
                            end - begin));
                }
            }
            return tensors;
        } catch (DeltaException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new DeltaException("weights.safetensors cannot be read: " + Cause.of(e) + ".", e);
        }
    }
}
