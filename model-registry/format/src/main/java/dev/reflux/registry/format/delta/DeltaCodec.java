package dev.reflux.registry.format.delta;

import dev.reflux.registry.format.Artifact;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Exact deltas between the files of two versions: applied to the same files, a delta always yields the same bytes.
 * Parameters and normalization buffers are words of the files.
 *
 * <p>Where one version is a {@link QuantizedStudent} of the other, there is a shorter form, which holds the number of steps
 * that each weight has moved. It is exact too.
 *
 * <p>Layout: {@code RXD1}, then for each {@link Artifact} in order: the mode, the length as a varint, and the bytes of the
 * mode. Stateless: any thread.
 */
public final class DeltaCodec {

    private static final byte[] MAGIC = "RXD1".getBytes(StandardCharsets.US_ASCII);
    private static final int UNCHANGED = 0;
    private static final int WORDS = 1;
    private static final int COPIES_OF_OLD = 2;
    private static final int COPIES_OF_MADE = 3;
    private static final long GROWTH = 4;
    private static final long ROOM = 1L << 20;

    private DeltaCodec() {}

    /**
     * Encodes a delta.
     *
     * @param from every artifact of the version that the delta starts from
     * @param to every artifact of the version that it leads to
     */
    public static byte[] encode(Map<Artifact, byte[]> from, Map<Artifact, byte[]> to) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(MAGIC);
        List<byte[]> made = new ArrayList<>();
        for (Artifact artifact : Artifact.values()) {
            byte[] old = Objects.requireNonNull(from.get(artifact));
            byte[] now = Objects.requireNonNull(to.get(artifact));
            if (java.util.Arrays.equals(old, now)) {
                out.write(UNCHANGED);
                Packed.varint(out, now.length);
            } else {
                int mode = COPIES_OF_OLD;
                byte[] best = BlockCopy.encode(List.of(old), now);
                byte[] copies = BlockCopy.encode(made, now);
                if (copies.length < best.length) {
                    best = copies;
                    mode = COPIES_OF_MADE;
                }
                if (old.length == now.length) {
                    byte[] words = WordDelta.encode(old, now);
                    if (words.length < best.length) {
                        best = words;
                        mode = WORDS;
                    }
                }
                out.write(mode);
                Packed.varint(out, now.length);
                out.writeBytes(best);
            }
            made.add(now);
        }
        return out.toByteArray();
    }

    /**
     * Encodes the short form, for files that {@link QuantizedStudent} made from the others with the given step.
     *
     * @throws DeltaException when they are not such files
     */
    public static byte[] encodeQuantized(Map<Artifact, byte[]> from, Map<Artifact, byte[]> to, float step) {
        return QuantizedDelta.encode(from, to, step);
    }

    /**
     * Applies a delta. The caller compares the hashes of the result.
     *
     * @param lengths the expected length of each file
     * @throws DeltaException when the bytes are no delta or not one for these files
     */
    public static Map<Artifact, byte[]> apply(Map<Artifact, byte[]> from, byte[] delta, Map<Artifact, Long> lengths) {
        requireBounds(from, lengths);
        try {
            ByteBuffer in = ByteBuffer.wrap(delta);
            byte[] magic = new byte[MAGIC.length];
            in.get(magic);
            if (java.util.Arrays.equals(magic, QuantizedDelta.MAGIC)) {
                return QuantizedDelta.apply(from, in, lengths);
            }
            if (!java.util.Arrays.equals(magic, MAGIC)) {
                throw new DeltaException("These bytes are no delta, or one of another format.");
            }
            Map<Artifact, byte[]> files = new EnumMap<>(Artifact.class);
            List<byte[]> made = new ArrayList<>();
            for (Artifact artifact : Artifact.values()) {
                byte[] file = apply(
                        LossyStudent.file(from, artifact), made, in, Objects.requireNonNull(lengths.get(artifact)));
                files.put(artifact, file);
                made.add(file);
            }
            if (in.hasRemaining()) {
                throw new DeltaException("The delta goes on behind its end.");
            }
            return files;
        } catch (BufferUnderflowException e) {
            throw new DeltaException("The delta ends too early.", e);
        }
    }

    /** A few bytes can name any length: what they make is bounded by what is there already. */
    private static void requireBounds(Map<Artifact, byte[]> from, Map<Artifact, Long> lengths) {
        long there = 0;
        for (Artifact artifact : Artifact.values()) {
            there += LossyStudent.file(from, artifact).length;
        }
        for (Artifact artifact : Artifact.values()) {
            Long length = lengths.get(artifact);
            if (length == null) {
                throw new DeltaException("The delta leads to a version without " + artifact.fileName() + ".");
            }
            if (length < 0 || length > Math.min(GROWTH * there + ROOM, Integer.MAX_VALUE - ROOM)) {
                throw new DeltaException("The delta would make a " + artifact.fileName() + " of " + length
                        + " bytes from files of " + there + ", which no student grows by.");
            }
        }
    }

    private static byte[] apply(byte[] old, List<byte[]> made, ByteBuffer in, long expected) {
        int mode = in.get();
        int length = Packed.length(in, expected);
        if (length != expected || mode < COPIES_OF_OLD && length != old.length) {
            throw new DeltaException("The delta makes a file of another length than it should.");
        }
        return switch (mode) {
            case UNCHANGED -> old;
            case WORDS -> WordDelta.apply(old, in);
            case COPIES_OF_OLD -> BlockCopy.apply(List.of(old), in, length);
            case COPIES_OF_MADE -> BlockCopy.apply(made, in, length);
            default -> throw new DeltaException("The delta has a mode that this build does not know.");
        };
    }
}
