package dev.reflux.registry.format.delta;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Length-prefixed pieces, deflated where that helps. */
final class Packed {

    private static final int STORED = 0;
    private static final int DEFLATED = 1;
    private static final int RATIO = 1032;
    private static final int MARGIN = 16;
    private static final int FIRST = 1 << 16;

    private Packed() {}

    static void varint(ByteArrayOutputStream out, long value) {
        long left = value;
        while ((left & ~0x7FL) != 0) {
            out.write((int) (left & 0x7F | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    /** @throws java.nio.BufferUnderflowException at the end */
    static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new DeltaException("A number of the delta is too long.");
    }

    /** Reads a length and requires that it is within the given limit. */
    static int length(ByteBuffer in, long most) {
        long value = varint(in);
        if (value < 0 || value > most) {
            throw new DeltaException("A length of the delta is " + value + ", over the " + most + " that it may be.");
        }
        return (int) value;
    }

    /** Writes bytes in their shortest form. */
    static void write(ByteArrayOutputStream out, byte[] bytes) {
        byte[] best = bytes;
        int form = STORED;
        for (int strategy : new int[] {Deflater.DEFAULT_STRATEGY, Deflater.HUFFMAN_ONLY}) {
            byte[] packed = deflate(bytes, strategy);
            if (packed.length < best.length) {
                best = packed;
                form = DEFLATED;
            }
        }
        out.write(form);
        varint(out, bytes.length);
        varint(out, best.length);
        out.writeBytes(best);
    }

    /** @param most the largest length of the unpacked piece */
    static byte[] read(ByteBuffer in, long most) {
        int form = in.get();
        int plain = length(in, Math.min(most, Integer.MAX_VALUE - MARGIN));
        byte[] packed = new byte[length(in, in.remaining())];
        in.get(packed);
        if (form == STORED && packed.length == plain) {
            return packed;
        }
        if (form != DEFLATED) {
            throw new DeltaException("A piece of the delta is packed in a way that this build does not know.");
        }
        // Deflate holds at most 1032 bytes in one: a piece cannot be longer, whatever it declares.
        if (plain > (long) RATIO * (packed.length + 1L)) {
            throw new DeltaException(
                    "A piece of the delta declares " + plain + " bytes, more than its " + packed.length + " can hold.");
        }
        return inflate(packed, plain);
    }

    private static byte[] deflate(byte[] bytes, int strategy) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            deflater.setStrategy(strategy);
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2 + 64);
            byte[] buffer = new byte[1 << 15];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static byte[] inflate(byte[] packed, int plain) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(packed);
            byte[] bytes = new byte[Math.min(plain, FIRST)];
            int at = 0;
            while (at < plain) {
                if (at == bytes.length) {
                    bytes = Arrays.copyOf(bytes, (int) Math.min(plain, 2L * bytes.length));
                }
                int n = inflater.inflate(bytes, at, bytes.length - at);
                if (n == 0) {
                    throw new DeltaException("A piece of the delta ends too early.");
                }
                at += n;
            }
            return bytes;
        } catch (DataFormatException e) {
            throw new DeltaException("A piece of the delta cannot be unpacked.", e);
        } finally {
            inflater.end();
        }
    }
}
