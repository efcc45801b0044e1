package dev.reflux.evaluation;

import java.nio.charset.StandardCharsets;

/**
 * Decides which frames are held out of training for scoring. A hash of the camera and the ten-second block decides, so
 * near-duplicate frames are never on both sides, and every process decides alike. Stateless; any thread.
 *
 * @param fraction fraction of the blocks that is held out, in [0, 1)
 */
public record HoldoutRule(double fraction) {

    private static final long BLOCK_MICROS = 10_000_000;
    private static final double TWO_POW_53 = 0x1p53;

    /** Checks the fraction. */
    public HoldoutRule {
        if (!(fraction >= 0 && fraction < 1)) {
            throw new IllegalArgumentException("the held-out fraction must be in [0, 1), not " + fraction);
        }
    }

    /**
     * Returns whether a frame is held out.
     *
     * @param cameraId id of the camera
     * @param capturedAtMicros microseconds since 1970-01-01T00:00:00Z
     */
    public boolean holdsOut(String cameraId, long capturedAtMicros) {
        long hash = 0xCBF29CE484222325L;
        for (byte b : cameraId.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xFF) * 0x100000001B3L;
        }
        long mixed = mix(hash ^ mix(Math.floorDiv(capturedAtMicros, BLOCK_MICROS)));
        return (mixed >>> 11) / TWO_POW_53 < fraction;
    }

    /** SplitMix64's finisher. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
