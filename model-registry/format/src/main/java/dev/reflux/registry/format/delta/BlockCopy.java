package dev.reflux.registry.format.delta;

import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A file as pieces of other files and new bytes: weights that are in student.pt are not sent again for
 * weights.safetensors.
 */
final class BlockCopy {

    private static final int BLOCK = 32;
    private static final int STEP = 4;
    private static final int WIDTH = 32;
    private static final int FIRST = 1 << 16;
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private BlockCopy() {}

    static byte[] encode(List<byte[]> sources, byte[] to) {
        Index index = new Index(sources);
        ByteArrayOutputStream moves = new ByteArrayOutputStream();
        ByteArrayOutputStream fresh = new ByteArrayOutputStream();
        int pieces = 0;
        int done = 0;
        for (int at = 0; at + BLOCK <= to.length; ) {
            long found = index.find(to, at);
            if (found < 0) {
                at += STEP;
                continue;
            }
            byte[] source = sources.get((int) (found >>> WIDTH));
            int start = (int) found;
            int back = 0;
            while (back < at - done && back < start && source[start - back - 1] == to[at - back - 1]) {
                back++;
            }
            int length = BLOCK;
            while (at + length < to.length
                    && start + length < source.length
                    && source[start + length] == to[at + length]) {
                length++;
            }
            fresh.write(to, done, at - back - done);
            Packed.varint(moves, at - back - done);
            Packed.varint(moves, found >>> WIDTH);
            Packed.varint(moves, start - back);
            Packed.varint(moves, length + back);
            pieces++;
            done = at + length;
            // A match may end inside a word; the search continues at the next word.
            at = (done + STEP - 1) / STEP * STEP;
        }
        fresh.write(to, done, to.length - done);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Packed.varint(out, pieces);
        Packed.write(out, moves.toByteArray());
        Packed.write(out, fresh.toByteArray());
        return out.toByteArray();
    }

    static byte[] apply(List<byte[]> sources, ByteBuffer in, int length) {
        // Every piece has a whole block at least.
        int pieces = Packed.length(in, length / BLOCK);
        ByteBuffer moves = ByteBuffer.wrap(Packed.read(in, 40L * pieces));
        ByteBuffer fresh = ByteBuffer.wrap(Packed.read(in, length));
        // The declared length is reached by what arrives, or not at all.
        byte[] to = new byte[Math.min(length, fresh.remaining() + FIRST)];
        int at = 0;
        for (int i = 0; i < pieces; i++) {
            int plain = Packed.length(moves, Math.min(fresh.remaining(), length - at));
            to = grown(to, at + plain, length);
            fresh.get(to, at, plain);
            at += plain;
            if (sources.isEmpty()) {
                throw new DeltaException("The delta copies from a file that is not there.");
            }
            byte[] source = sources.get(Packed.length(moves, sources.size() - 1L));
            int start = Packed.length(moves, source.length);
            int copied = Packed.length(moves, Math.min(source.length - start, length - at));
            to = grown(to, at + copied, length);
            System.arraycopy(source, start, to, at, copied);
            at += copied;
        }
        if (fresh.remaining() != length - at) {
            throw new DeltaException("The delta's pieces do not make up the file.");
        }
        to = grown(to, length, length);
        fresh.get(to, at, fresh.remaining());
        return to;
    }

    private static byte[] grown(byte[] bytes, int needed, int most) {
        return needed <= bytes.length
                ? bytes
                : Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(most, 2L * bytes.length)));
    }

    /** The positions of the blocks of the sources, by content. Blocks that occur twice are ambiguous and left out. */
    private static final class Index {
        private static final long NONE = -1;
        private static final long REPEATED = -2;

        private final List<byte[]> sources;
        private final long[] places;

        Index(List<byte[]> sources) {
            this.sources = sources;
            int blocks =
                    sources.stream().mapToInt(source -> source.length / BLOCK).sum();
            places = new long[Integer.highestOneBit(Math.max(blocks, 16)) * 4];
            Arrays.fill(places, NONE);
            for (int s = 0; s < sources.size(); s++) {
                byte[] source = sources.get(s);
                for (int at = 0; at + BLOCK <= source.length; at += BLOCK) {
                    int slot = slot(source, at);
                    boolean again = places[slot] == REPEATED || find(source, at) >= 0;
                    places[slot] = again ? REPEATED : places[slot] == NONE ? (long) s << WIDTH | at : places[slot];
                }
            }
        }

        /** Returns source and offset of the block that equals the given one; negative for none. */
        long find(byte[] bytes, int at) {
            long place = places[slot(bytes, at)];
            if (place < 0) {
                return NONE;
            }
            int start = (int) place;
            boolean same =
                    Arrays.equals(sources.get((int) (place >>> WIDTH)), start, start + BLOCK, bytes, at, at + BLOCK);
            return same ? place : NONE;
        }

        private int slot(byte[] bytes, int at) {
            long hash = 0;
            for (int i = 0; i < BLOCK; i += Long.BYTES) {
                hash = (hash ^ (long) WORDS.get(bytes, at + i)) * 0x9E3779B97F4A7C15L;
                hash ^= hash >>> 29;
            }
            return (int) (hash >>> 7) & places.length - 1;
        }
    }
}
