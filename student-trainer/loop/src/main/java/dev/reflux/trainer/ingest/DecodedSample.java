package dev.reflux.trainer.ingest;

import dev.reflux.common.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A training sample, and what tells its frame from all others. Immutable.
 *
 * @param sample the sample
 * @param identity 64 bits of the SHA-256 over the frame's id, image and label: a message is the same one if all three are
 * @param frame the identity of the same frame without a label; a frame that has none has it as its identity
 */
public record DecodedSample(TrainingSample sample, long identity, long frame) {

    private static final byte[] NO_LABEL = {};

    static DecodedSample of(TrainingSample sample, byte[] image, byte[] label) {
        return new DecodedSample(
                sample, identity(sample.frameId(), image, label), identity(sample.frameId(), image, NO_LABEL));
    }

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
