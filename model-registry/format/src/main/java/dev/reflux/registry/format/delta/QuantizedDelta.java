package dev.reflux.registry.format.delta;

import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.delta.WeightsFile.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The exact delta from a parent to its {@link QuantizedStudent}: every weight of a matrix is that of the parent and a whole
 * number of steps; everything else is encoded as it is.
 *
 * <p>Layout: {@code RXQ1}, the step size as a little-endian float, then packed: the words of the other tensors relative to
 * the parent; {@link Levels} of all matrices in the order of weights.safetensors; for each tensor the entry of its copy in
 * student.pt, as varints; the card as pieces of the parent's card. Stateless: any thread.
 */
final class QuantizedDelta {

    static final byte[] MAGIC = "RXQ1".getBytes(StandardCharsets.US_ASCII);

    /** The only entry of student.pt that depends on the weights and is never read. */
    private static final String ID = "/.data/serialization_id";

    private QuantizedDelta() {}

    /** @throws DeltaException when the files are not those of the parent and whole steps */
    static byte[] encode(Map<Artifact, byte[]> from, Map<Artifact, byte[]> to, float step) {
        byte[] old = LossyStudent.file(from, Artifact.WEIGHTS);
        byte[] now = LossyStudent.file(to, Artifact.WEIGHTS);
        List<Tensor> tensors = WeightsFile.tensors(old);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(MAGIC);
        out.writeBytes(ByteBuffer.allocate(Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(step)
                .array());
        out.writeBytes(WordDelta.encode(others(tensors, old), others(tensors, now)));
        out.writeBytes(Levels.pack(levels(tensors, old, now, step)));
        ByteArrayOutputStream places = new ByteArrayOutputStream();
        places(tensors, from, to).forEach(place -> Packed.varint(places, place));
        Packed.write(out, places.toByteArray());
        byte[] card = LossyStudent.file(to, Artifact.CARD);
        Packed.varint(out, card.length);
        out.writeBytes(BlockCopy.encode(List.of(LossyStudent.file(from, Artifact.CARD)), card));
        byte[] delta = out.toByteArray();
        Map<Artifact, Long> lengths = new EnumMap<>(Artifact.class);
        to.forEach((artifact, bytes) -> lengths.put(artifact, (long) bytes.length));
        ByteBuffer in = ByteBuffer.wrap(delta, MAGIC.length, delta.length - MAGIC.length);
        Map<Artifact, byte[]> made = apply(from, in, lengths);
        if (!to.entrySet().stream().allMatch(file -> Arrays.equals(file.getValue(), made.get(file.getKey())))) {
            throw new DeltaException("The student is not its parent and whole steps of " + step + ".");
        }
        return delta;
    }

    /** @param in the delta after its magic bytes */
    static Map<Artifact, byte[]> apply(Map<Artifact, byte[]> from, ByteBuffer in, Map<Artifact, Long> lengths) {
        byte[] old = LossyStudent.file(from, Artifact.WEIGHTS);
        byte[] student = LossyStudent.file(from, Artifact.STUDENT).clone();
        if (length(lengths, Artifact.WEIGHTS) != old.length || length(lengths, Artifact.STUDENT) != student.length) {
            throw new DeltaException("The delta makes a file of another length than it should.");
        }
        List<Tensor> tensors = WeightsFile.tensors(old);
        float step = in.order(ByteOrder.LITTLE_ENDIAN).getFloat();
        byte[] weights = old.clone();
        putOthers(tensors, weights, WordDelta.apply(others(tensors, old), in));
        putLevels(tensors, weights, Levels.unpack(in, matrixWeights(tensors)), step);
        ByteBuffer places = ByteBuffer.wrap(Packed.read(in, 5L * tensors.size()));
        List<Integer> entries = new ArrayList<>();
        StoredZip archive = new StoredZip(student);
        int most = archive.entries().size() - 1;
        tensors.forEach(tensor -> entries.add(Packed.length(places, most)));
        rewrite(archive, tensors, entries, weights);
        int cardLength = Packed.length(in, length(lengths, Artifact.CARD));
        byte[] card = BlockCopy.apply(List.of(LossyStudent.file(from, Artifact.CARD)), in, cardLength);
        if (in.hasRemaining() || places.hasRemaining()) {
            throw new DeltaException("The delta goes on behind its end.");
        }
        Map<Artifact, byte[]> files = new EnumMap<>(Artifact.class);
        files.put(Artifact.STUDENT, student);
        files.put(Artifact.WEIGHTS, weights);
        files.put(Artifact.CARD, card);
        return files;
    }

    private static long length(Map<Artifact, Long> lengths, Artifact artifact) {
        return Objects.requireNonNull(lengths.get(artifact), artifact.fileName());
    }

    // ---- tensors -------------------------------------------------------------------------------------------------

    static int matrixWeights(List<Tensor> tensors) {
        return tensors.stream()
                .filter(Tensor::isMatrix)
                .mapToInt(tensor -> tensor.length() / Float.BYTES)
                .sum();
    }

    /** Returns the tensors that are encoded exactly, concatenated. */
    static byte[] others(List<Tensor> tensors, byte[] weights) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        tensors.stream()
                .filter(tensor -> !tensor.isMatrix())
                .forEach(tensor -> out.write(weights, tensor.start(), tensor.length()));
        return out.toByteArray();
    }

    private static void putOthers(List<Tensor> tensors, byte[] weights, byte[] others) {
        ByteBuffer from = ByteBuffer.wrap(others);
        tensors.stream()
                .filter(tensor -> !tensor.isMatrix())
                .forEach(tensor -> from.get(weights, tensor.start(), tensor.length()));
    }

    /** Returns the whole steps between the matrices of two files. */
    private static int[] levels(List<Tensor> tensors, byte[] old, byte[] now, float step) {
        ByteBuffer from = ByteBuffer.wrap(old).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer to = ByteBuffer.wrap(now).order(ByteOrder.LITTLE_ENDIAN);
        int[] levels = new int[matrixWeights(tensors)];
        int n = 0;
        for (Tensor tensor : tensors) {
            for (int at = tensor.start(); tensor.isMatrix() && at < tensor.start() + tensor.length(); at += 4) {
                levels[n++] = Math.round((to.getFloat(at) - from.getFloat(at)) / step);
            }
        }
        return levels;
    }

    static void putLevels(List<Tensor> tensors, byte[] weights, int[] levels, float step) {
        ByteBuffer values = ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN);
        int n = 0;
        for (Tensor tensor : tensors) {
            for (int at = tensor.start(); tensor.isMatrix() && at < tensor.start() + tensor.length(); at += 4) {
                int level = levels[n++];
                if (level != 0) {
                    values.putFloat(at, values.getFloat(at) + level * step);
                }
            }
        }
    }

    // ---- student.pt ----------------------------------------------------------------------------------------------

    /** Writes every tensor of a weights file into its entry of the archive. */
    static void rewrite(StoredZip archive, List<Tensor> tensors, List<Integer> entries, byte[] weights) {
        for (int i = 0; i < tensors.size(); i++) {
            Tensor tensor = tensors.get(i);
            StoredZip.Entry entry = archive.entries().get(entries.get(i));
            if (entry.length() != tensor.length()) {
                throw new DeltaException("The tensor " + tensor.name() + " does not fit its place in student.pt.");
            }
            archive.rewrite(entry, Arrays.copyOfRange(weights, tensor.start(), tensor.start() + tensor.length()));
        }
    }

    /**
     * Returns for each tensor the index of its entry of student.pt, which holds it in both versions. Two tensors that are
     * equal in both versions may take each other's entry.
     *
     * @throws DeltaException when the two students differ in anything but tensors
     */
    static List<Integer> places(List<Tensor> tensors, Map<Artifact, byte[]> from, Map<Artifact, byte[]> to) {
        byte[] old = LossyStudent.file(from, Artifact.WEIGHTS);
        byte[] now = LossyStudent.file(to, Artifact.WEIGHTS);
        StoredZip before = new StoredZip(LossyStudent.file(from, Artifact.STUDENT));
        StoredZip after = new StoredZip(LossyStudent.file(to, Artifact.STUDENT));
        if (before.entries().size() != after.entries().size()) {
            throw differentCode();
        }
        Set<Integer> free = new java.util.LinkedHashSet<>();
        for (int i = 0; i < before.entries().size(); i++) {
            free.add(i);
        }
        List<Integer> places = new ArrayList<>();
        for (Tensor tensor : tensors) {
            byte[] then = Arrays.copyOfRange(old, tensor.start(), tensor.start() + tensor.length());
            byte[] since = Arrays.copyOfRange(now, tensor.start(), tensor.start() + tensor.length());
            int place = free.stream()
                    .filter(i -> before.entries().get(i).length() == tensor.length())
                    .filter(i -> Arrays.equals(before.content(before.entries().get(i)), then)
                            && Arrays.equals(after.content(after.entries().get(i)), since))
                    .findFirst()
                    .orElseThrow(() -> new DeltaException(
                            "The tensor " + tensor.name() + " of weights.safetensors is not in student.pt."));
            free.remove(place);
            places.add(place);
        }
        for (int i : new HashSet<>(free)) {
            StoredZip.Entry entry = before.entries().get(i);
            StoredZip.Entry other = after.entries().get(i);
            boolean same = Arrays.equals(before.content(entry), after.content(other));
            if (!entry.name().equals(other.name()) || !same && !entry.name().endsWith(ID)) {
                throw differentCode();
            }
        }
        return places;
    }

    private static DeltaException differentCode() {
        return new DeltaException("The two students differ in more than their weights; only students of one export can"
                + " be made of one another: publish this one whole.");
    }
}
