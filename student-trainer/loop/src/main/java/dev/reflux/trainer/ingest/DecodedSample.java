package dev.reflux.trainer.ingest;

import dev.reflux.common.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A training sample, and what tells its frame from all others. Immutable.
 *
 * @param sample the sample
 * @param identity 64 bits of the SHA-256 over the frame's id, image and label: a frame is the same one if all three are
 */
public record DecodedSample(TrainingSample sample, long identity) {

    static long identity(String frameId, byte[] image, byte[] label) {
        MessageDigest digest = Sha256.digest();
        byte[] id = frameId.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(id.length)
                .putInt(image.length)
                .flip());
        digest.update(id);
        digest.update(image);
        return ByteBuffer.wrap(digest.digest(label)).getLong();
    }
}
