package dev.reflux.lab.logits;

/** Packs small integers, low bits first, with padding only at the end. */
final class PackedBits {

    private PackedBits() {}

    /** Returns the number of bits for integers below a bound, at least 1. */
    static int width(int bound) {
        return Math.max(1, 32 - Integer.numberOfLeadingZeros(bound - 1));
    }

    static int bytes(int count, int width) {
        return Math.toIntExact(((long) count * width + 7) / 8);
    }

    /** @param values each 0 to 2^width − 1 */
    static byte[] pack(int[] values, int width) {
        byte[] packed = new byte[bytes(values.length, width)];
        long at = 0;
        for (int value : values) {
            for (int bit = 0; bit < width; bit++, at++) {
                packed[(int) (at >> 3)] |= (byte) ((value >> bit & 1) << (at & 7));
            }
        }
        return packed;
    }

    /** @throws IllegalArgumentException if the number of bytes does not match */
    static int[] unpack(byte[] packed, int count, int width) {
        if (packed.length != bytes(count, width)) {
            throw new IllegalArgumentException(
                    packed.length + " bytes hold no " + count + " numbers of " + width + " bits");
        }
        int[] values = new int[count];
        long at = 0;
        for (int i = 0; i < count; i++) {
            for (int bit = 0; bit < width; bit++, at++) {
                values[i] |= (packed[(int) (at >> 3)] >> (at & 7) & 1) << bit;
            }
        }
        return values;
    }
}
