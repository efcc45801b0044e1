package dev.reflux.trainer.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.Cause;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The format of a checkpoint file: magic, number of parts, each part's name, length and content, and a CRC-32C over all of
 * that. One part is "state.json"; the others are the tensors. Stateless; any thread.
 */
final class CheckpointFile {

    private static final int MAGIC = 0x52465831;
    private static final String STATE = "state.json";
    private static final int SUM_BYTES = 8;
    private static final ObjectMapper JSON = new ObjectMapper();

    private CheckpointFile() {}

    static byte[] write(TrainerCheckpoint checkpoint) throws IOException {
        Map<String, byte[]> parts = new TreeMap<>(checkpoint.tensors());
        parts.put(STATE, JSON.writeValueAsBytes(checkpoint.state()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(MAGIC);
            out.writeInt(parts.size());
            for (Map.Entry<String, byte[]> part : parts.entrySet()) {
                out.writeUTF(part.getKey());
                out.writeInt(part.getValue().length);
                out.write(part.getValue());
            }
            out.writeLong(sum(bytes.toByteArray(), bytes.size()));
        }
        return bytes.toByteArray();
    }

    /** @throws IOException if the bytes are truncated, changed, or no checkpoint */
    static TrainerCheckpoint read(byte[] bytes) throws IOException {
        if (bytes.length < SUM_BYTES) {
            throw new IOException("it is truncated");
        }
        int length = bytes.length - SUM_BYTES;
        byte[] tail = Arrays.copyOfRange(bytes, length, bytes.length);
        if (ByteBuffer.wrap(tail).getLong() != sum(bytes, length)) {
            throw new IOException("its checksum is wrong");
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length))) {
            if (in.readInt() != MAGIC) {
                throw new IOException("it is not a checkpoint of this format");
            }
            Map<String, byte[]> parts = new LinkedHashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                String name = in.readUTF();
                int size = in.readInt();
                if (size < 0 || size > in.available()) {
                    throw new IOException("a part is longer than the file");
                }
                parts.put(name, in.readNBytes(size));
            }
            byte[] state = parts.remove(STATE);
            if (state == null) {
                throw new IOException("it has no state");
            }
            return new TrainerCheckpoint(state(state), Map.copyOf(parts));
        } catch (EOFException e) {
            throw new IOException("it is truncated", e);
        }
    }

    private static TrainerState state(byte[] json) throws IOException {
        try {
            TrainerState state = JSON.readValue(json, TrainerState.class);
            if (state == null) {
                throw new IOException("it has no state");
            }
            return state;
        } catch (JsonProcessingException e) {
            throw new IOException("its state cannot be read: " + Cause.of(e), e);
        }
    }

    private static long sum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return crc.getValue();
    }
}
