package dev.reflux.registry.format.delta;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The difference of two files of the same length whose words are mostly floats. The bits of a float are mapped to an
 * integer of the same order, which changes little when the float does. For every word that changed, the delta holds the
 * distance to the changed word before it, the length of the difference in bits with its sign, and the bits of the
 * difference without the leading one. Where a difference has few significant bits, the trailing zeros are left out too.
 */
final class WordDelta {

    private static final int LONG = 128;
    private static final int WORD = 32;

    private WordDelta() {}

    static byte[] encode(byte[] from, byte[] to) {
        int words = to.length / 4;
        ByteBuffer old = ByteBuffer.wrap(from).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer now = ByteBuffer.wrap(to).order(ByteOrder.LITTLE_ENDIAN);
        int significant = cheapestSignificance(old, now, words);
        ByteArrayOutputStream gaps = new ByteArrayOutputStream();
        ByteArrayOutputStream symbols = new ByteArrayOutputStream();
        Bits.Writer bits = new Bits.Writer();
        int last = -1;
        for (int i = 0; i < words; i++) {
            int difference = ordered(now.getInt(i * 4)) - ordered(old.getInt(i * 4));
            if (difference != 0) {
                Packed.varint(gaps, i - last);
                last = i;
                long size = Math.abs((long) difference);
                int length = Long.SIZE - Long.numberOfLeadingZeros(size);
                boolean isShort = length - Long.numberOfTrailingZeros(size) <= significant;
                symbols.write(length << 1 | (difference < 0 ? 1 : 0) | (isShort ? 0 : LONG));
                int kept = isShort ? Math.min(length, significant) : length;
                bits.write(size >>> (length - kept), kept - 1);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(significant);
        Packed.varint(out, symbols.size());
        Packed.write(out, gaps.toByteArray());
        Packed.write(out, symbols.toByteArray());
        Packed.write(out, bits.toByteArray());
        out.write(to, words * 4, to.length - words * 4);
        return out.toByteArray();
    }

    static byte[] apply(byte[] from, ByteBuffer in) {
        byte[] to = from.clone();
        int words = to.length / 4;
        ByteBuffer now = ByteBuffer.wrap(to).order(ByteOrder.LITTLE_ENDIAN);
        int significant = in.get();
        int changed = Packed.length(in, words);
        ByteBuffer gaps = ByteBuffer.wrap(Packed.read(in, 5L * changed));
        byte[] symbols = Packed.read(in, changed);
        Bits.Reader bits = new Bits.Reader(Packed.read(in, 4L * changed + 8));
        if (symbols.length != changed || significant < 1 || significant > WORD) {
            throw new DeltaException("The delta's words do not add up.");
        }
        long at = -1;
        for (byte symbol : symbols) {
            int gap = Packed.length(gaps, words);
            at += gap;
            int length = (symbol & ~LONG & 0xFF) >>> 1;
            if (gap == 0 || at >= words || length < 1 || length > WORD) {
                throw new DeltaException("The delta's words lie outside of the file.");
            }
            int kept = (symbol & LONG) == 0 ? Math.min(length, significant) : length;
            long size = (1L << (kept - 1) | bits.read(kept - 1)) << (length - kept);
            int difference = (int) ((symbol & 1) == 0 ? size : -size);
            int index = (int) at * 4;
            now.putInt(index, ordered(ordered(now.getInt(index)) + difference));
        }
        in.get(to, words * 4, to.length - words * 4);
        return to;
    }

    /** Maps the bits of a float to an integer of the same order, and back. */
    static int ordered(int bits) {
        return bits ^ bits >> 31 & Integer.MAX_VALUE;
    }

    /** Returns the largest number of significant bits for which trailing zeros are left out, at the smallest sum. */
    private static int cheapestSignificance(ByteBuffer old, ByteBuffer now, int words) {
        long[][] histogram = new long[WORD + 1][WORD + 1];
        for (int i = 0; i < words; i++) {
            int difference = ordered(now.getInt(i * 4)) - ordered(old.getInt(i * 4));
            long size = Math.abs((long) difference);
            if (size != 0) {
                int length = Long.SIZE - Long.numberOfLeadingZeros(size);
                histogram[length][length - Long.numberOfTrailingZeros(size)]++;
            }
        }
        int best = WORD;
        for (int significant = 1; significant < WORD; significant++) {
            best = cost(histogram, significant) < cost(histogram, best) ? significant : best;
        }
        return best;
    }

    private static long cost(long[][] histogram, int significant) {
        long bits = 0;
        for (int length = 1; length <= WORD; length++) {
            for (int has = 1; has <= length; has++) {
                bits += histogram[length][has] * (has <= significant ? Math.min(length, significant) : length + 2);
            }
        }
        return bits;
    }
}
