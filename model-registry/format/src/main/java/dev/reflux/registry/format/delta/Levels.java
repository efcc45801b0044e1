package dev.reflux.registry.format.delta;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Small integers, most of them 0, 1 or −1, in few bits. Three integers are packed into a byte as digits to base five, whose
 * outermost values stand for all larger integers. The bytes are Huffman-coded by {@link java.util.zip.Deflater}, which renews
 * its tables every few thousand bytes and so follows the distribution of each layer. The remainders of the larger integers
 * follow.
 *
 * <p>On real students this takes 0.70 to 0.98 of the order-0 entropy of the single layers, as XZ does; one byte for each
 * integer takes 0.77 to 1.09 under XZ.
 */
final class Levels {

    /** The largest absolute value. */
    static final int MOST = 1 << 20;

    private static final int BASE = 5;
    private static final int HALF = BASE / 2;
    private static final int GROUP = 3;
    private static final int WORDS = BASE * BASE * BASE;

    private Levels() {}

    static byte[] pack(int[] levels) {
        byte[] groups = new byte[(levels.length + GROUP - 1) / GROUP];
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        for (int group = 0; group < groups.length; group++) {
            int word = 0;
            for (int i = GROUP * group; i < GROUP * (group + 1); i++) {
                int level = i < levels.length ? levels[i] : 0;
                word = word * BASE + Math.max(-HALF, Math.min(HALF, level)) + HALF;
                if (Math.abs(level) >= HALF) {
                    Packed.varint(rest, Math.abs(level) - HALF);
                }
            }
            groups[group] = (byte) word;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Packed.write(out, groups);
        Packed.write(out, rest.toByteArray());
        return out.toByteArray();
    }

    /**
     * Reads levels.
     *
     * @param count the expected number of levels
     * @throws DeltaException when the bytes hold another number of levels
     */
    static int[] unpack(ByteBuffer in, int count) {
        int[] levels = new int[(count + GROUP - 1) / GROUP * GROUP];
        byte[] groups = Packed.read(in, levels.length / GROUP);
        ByteBuffer rest = ByteBuffer.wrap(Packed.read(in, 4L * levels.length));
        if (groups.length * GROUP != levels.length) {
            throw new DeltaException("The delta's levels are " + groups.length * GROUP + ", not " + count + ".");
        }
        for (int group = 0; group < groups.length; group++) {
            int word = groups[group] & 0xFF;
            if (word >= WORDS) {
                throw new DeltaException("The delta holds levels that are none.");
            }
            for (int i = GROUP * (group + 1) - 1; i >= GROUP * group; i--) {
                levels[i] = word % BASE - HALF;
                word /= BASE;
            }
        }
        for (int i = 0; i < levels.length; i++) {
            if (Math.abs(levels[i]) == HALF) {
                levels[i] += Integer.signum(levels[i]) * Packed.length(rest, MOST - HALF);
            }
        }
        if (rest.hasRemaining()) {
            throw new DeltaException("The delta's levels are followed by others.");
        }
        return Arrays.copyOf(levels, count);
    }
}
