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
 * A version's files by means of another's, exactly: applied to the same files it gives the same bytes, always. Parameters
 * and normalisation buffers alike are just words of the files.
 *
 * <p>Where the version is a {@link QuantisedStudent} of the other, there is a shorter form, which says how many steps each
 * weight has moved; it is just as exact.
 *
 * <p>Layout: {@code RXD1}, then for each {@link Artifact} in order: mode, length as varint, and the mode's bytes.
 */
public final class DeltaCodec {

    private static final byte[] MAGIC = "RXD1".getBytes(StandardCharsets.US_ASCII);
    private static final int UNCHANGED = 0;
    private static final int WORDS = 1;
    private static final int COPIES_OF_OLD = 2;
    private static final int COPIES_OF_MADE = 3;

    private DeltaCodec() {}

    /** Both maps hold every artifact. */
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
     * The short form, for files that {@link QuantisedStudent} made of the others with this step.
     *
     * @throws DeltaException when they are not such files
     */
    public static byte[] encodeQuantised(Map<Artifact, byte[]> from, Map<Artifact, byte[]> to, float step) {
        return QuantisedDelta.encode(from, to, step);
    }

    /**
     * The files that a delta makes of others. Whether they are the right ones is for their hashes to say.
     *
     * @param lengths that each file must have
     * @throws DeltaException when the bytes are no delta or not one for these files
     */
    public static Map<Artifact, byte[]> apply(Map<Artifact, byte[]> from, byte[] delta, Map<Artifact, Long> lengths) {
        try {
            ByteBuffer in = ByteBuffer.wrap(delta);
            byte[] magic = new byte[MAGIC.length];
            in.get(magic);
            if (java.util.Arrays.equals(magic, QuantisedDelta.MAGIC)) {
                return QuantisedDelta.apply(from, in, lengths);
            }
            if (!java.util.Arrays.equals(magic, MAGIC)) {
                throw new DeltaException("These bytes are no delta, or one of another format.");
            }
            Map<Artifact, byte[]> files = new EnumMap<>(Artifact.class);
            List<byte[]> made = new ArrayList<>();
            for (Artifact artifact : Artifact.values()) {
                byte[] file = apply(
                        Objects.requireNonNull(from.get(artifact)),
                        made,
                        in,
                        Objects.requireNonNull(lengths.get(artifact)));
                files.put(artifact, file);
                made.add(file);
            }
            return files;
        } catch (BufferUnderflowException e) {
            throw new DeltaException("The delta ends too early.", e);
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
