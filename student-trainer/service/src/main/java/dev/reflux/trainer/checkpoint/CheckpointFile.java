package dev.reflux.trainer.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.Cause;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * The format of a checkpoint file: magic, number of parts, each part's name, length and content, and a CRC-32C over all of
 * that. One part is "state.json"; the others are the tensors. Stateless; any thread.
 */
final class CheckpointFile {

    private static final int MAGIC = 0x52465831;
    private static final String STATE = "state.json";
    private static final int SUM_BYTES = 8;
    private static final int MOST_PARTS = 1000;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final ObjectMapper JSON = new ObjectMapper();

    private CheckpointFile() {}

    /** Writes a checkpoint without a copy of its tensors. */
    static void write(TrainerCheckpoint checkpoint, OutputStream file) throws IOException {
        Map<String, byte[]> parts = new TreeMap<>(checkpoint.tensors());
        parts.put(STATE, JSON.writeValueAsBytes(checkpoint.state()));
        CheckedOutputStream summed =
                new CheckedOutputStream(new BufferedOutputStream(file, BUFFER_BYTES), new CRC32C());
        DataOutputStream out = new DataOutputStream(summed);
        out.writeInt(MAGIC);
        out.writeInt(parts.size());
        for (Map.Entry<String, byte[]> part : parts.entrySet()) {
            out.writeUTF(part.getKey());
            out.writeInt(part.getValue().length);
            out.write(part.getValue());
        }
        out.writeLong(summed.getChecksum().getValue());
        out.flush();
    }

    /**
     * Reads a checkpoint. Nothing of a file is believed before its checksum is right, and no length is believed that the
     * file cannot hold.
     *
     * @throws IOException with the reason if the file is truncated, changed, or no checkpoint
     */
    static TrainerCheckpoint read(Path file) throws IOException {
        long length = Files.size(file) - SUM_BYTES;
        if (length < 0) {
            throw new IOException("it is truncated");
        }
        requireSum(file, length);
        try (DataInputStream in = new DataInputStream(opened(file))) {
            return read(in, length);
        } catch (EOFException e) {
            throw new IOException("it is truncated", e);
        } catch (JsonProcessingException e) {
            throw new IOException("its state cannot be read: " + Cause.of(e), e);
        }
    }

    private static void requireSum(Path file, long length) throws IOException {
        CRC32C sum = new CRC32C();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (DataInputStream in = new DataInputStream(opened(file))) {
            for (long left = length; left > 0; ) {
                int some = (int) Math.min(buffer.length, left);
                in.readFully(buffer, 0, some);
                sum.update(buffer, 0, some);
                left -= some;
            }
            if (in.readLong() != sum.getValue()) {
                throw new IOException("its checksum is wrong");
            }
        }
    }

    private static TrainerCheckpoint read(DataInputStream in, long length) throws IOException {
        if (length < 2 * Integer.BYTES || in.readInt() != MAGIC) {
            throw new IOException("it is not a checkpoint of this format");
        }
        int count = in.readInt();
        if (count < 1 || count > MOST_PARTS) {
            throw new IOException("it claims to have " + count + " parts");
        }
        Map<String, byte[]> parts = new LinkedHashMap<>();
        long left = length - 2 * Integer.BYTES;
        for (int i = 0; i < count; i++) {
            String name = in.readUTF();
            int size = in.readInt();
            if (size < 0 || size > left) {
                throw new IOException("its part " + Cause.oneLine(name) + " claims to have " + size + " bytes");
            }
            left -= size;
            parts.put(name, in.readNBytes(size));
        }
        byte[] state = parts.remove(STATE);
        if (state == null) {
            throw new IOException("it has no state");
        }
        TrainerState read = JSON.readValue(state, TrainerState.class);
        if (read == null) {
            throw new IOException("it has no state");
        }
        return new TrainerCheckpoint(read, Map.copyOf(parts));
    }

    private static InputStream opened(Path file) throws IOException {
        return new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
    }
}
