package dev.reflux.registry.format.delta;

import java.io.ByteArrayOutputStream;

/** A sequence of bits, the highest first. */
final class Bits {

    private Bits() {}

    /** Writes. One thread. */
    static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private long pending;
        private int count;

        /** Writes the lowest {@code bits} of a value, 0 to 32 of them. */
        void write(long value, int bits) {
            pending = pending << bits | value & (1L << bits) - 1;
            count += bits;
            while (count >= 8) {
                count -= 8;
                out.write((int) (pending >>> count));
            }
        }

        byte[] toByteArray() {
            if (count > 0) {
                write(0, 8 - count);
            }
            return out.toByteArray();
        }
    }

    /** Reads. One thread. */
    static final class Reader {
        private final byte[] bytes;
        private int at;
        private long pending;
        private int count;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        long read(int bits) {
            while (count < bits) {
                if (at == bytes.length) {
                    throw new DeltaException("The delta's bits end too early.");
                }
                pending = pending << 8 | bytes[at++] & 0xFF;
                count += 8;
            }
            count -= bits;
            return pending >>> count & (1L << bits) - 1;
        }
    }
}
