package dev.reflux.registry.format.delta;

import dev.reflux.common.model.ModelCard;
import dev.reflux.common.model.Sha256;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.delta.WeightsFile.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A lossy student after Khani et al., Real-Time Video Inference on Edge Devices via Adaptive Model Streaming (AMS), section
 * 3.1.2: the baseline of {@link QuantizedStudent}. It adopts the weights whose change is largest, each change rounded to a
 * number of significant bits; the other weights stay those of the parent. Normalization statistics are adopted exactly.
 *
 * <p>The result is another student: it has its own hash, and is scored and published under its own number. Stateless: any
 * thread.
 */
public final class LossyStudent {

    private static final int MOST_BITS = 24;

    /** Significant bits of a half float (IEEE 754 binary16). */
    public static final int HALF_FLOAT = 11;

    private LossyStudent() {}

    /**
     * Makes the student.
     *
     * @param parent the files of the version that vehicles have
     * @param trained the files of a student of the same architecture
     * @param fraction the share of the weights that are adopted, 0 to 1
     * @param bits the significant bits of each change that are kept, 1 to 24; {@link #HALF_FLOAT} as in AMS
     * @return files of the same lengths as those of the trained student, except for the card
     * @throws DeltaException when the two students are not of one architecture
     */
    public static Map<Artifact, byte[]> make(
            Map<Artifact, byte[]> parent, Map<Artifact, byte[]> trained, double fraction, int bits) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("fraction must be 0 to 1, not " + fraction);
        }
        if (bits < 1 || bits > MOST_BITS) {
            throw new IllegalArgumentException("bits must be 1 to " + MOST_BITS + ", not " + bits);
        }
        float error = Math.scalb(1f, -bits);
        byte[] weights = file(trained, Artifact.WEIGHTS).clone();
        byte[] student = file(trained, Artifact.STUDENT).clone();
        byte[] old = file(parent, Artifact.WEIGHTS);
        List<Tensor> tensors = WeightsFile.tensors(weights);
        if (!tensors.equals(WeightsFile.tensors(old))) {
            throw new DeltaException(
                    "Only students of one architecture differ in few weights; these two do not match.");
        }
        StoredZip archive = new StoredZip(student);
        Map<String, List<StoredZip.Entry>> places = places(archive, student);
        float threshold = threshold(tensors, old, weights, fraction);
        for (Tensor tensor : tensors) {
            if (isLossy(tensor)) {
                String before = key(weights, tensor.start(), tensor.length());
                thin(tensor, old, weights, threshold, error);
                byte[] after = Arrays.copyOfRange(weights, tensor.start(), tensor.start() + tensor.length());
                List<StoredZip.Entry> entries = places.getOrDefault(before, List.of());
                if (entries.isEmpty()) {
                    throw new DeltaException(
                            "The tensor " + tensor.name() + " of weights.safetensors is not in student.pt.");
                }
                // Equal tensors share a key: each takes one entry.
                archive.rewrite(entries.remove(0), after);
            }
        }
        return files(student, weights, file(trained, Artifact.CARD));
    }

    /** @param card the card of the trained student */
    static Map<Artifact, byte[]> files(byte[] student, byte[] weights, byte[] card) {
        Map<Artifact, byte[]> files = new EnumMap<>(Artifact.class);
        files.put(Artifact.STUDENT, student);
        files.put(Artifact.WEIGHTS, weights);
        files.put(
                Artifact.CARD,
                ModelCard.parse(new String(card, StandardCharsets.UTF_8))
                        .withFile(Artifact.STUDENT.fileName(), Sha256.hex(student), student.length)
                        .toJson()
                        .getBytes(StandardCharsets.UTF_8));
        return files;
    }

    static byte[] file(Map<Artifact, byte[]> files, Artifact artifact) {
        byte[] file = files.get(artifact);
        if (file == null) {
            throw new DeltaException("The student has no " + artifact.fileName() + ", which a delta needs.");
        }
        return file;
    }

    private static boolean isLossy(Tensor tensor) {
        return tensor.isFloat() && !tensor.isStatistic();
    }

    private static Map<String, List<StoredZip.Entry>> places(StoredZip archive, byte[] student) {
        Map<String, List<StoredZip.Entry>> places = new HashMap<>();
        for (StoredZip.Entry entry : archive.entries()) {
            places.computeIfAbsent(key(student, entry.start(), entry.length()), k -> new ArrayList<>())
                    .add(entry);
        }
        return places;
    }

    private static String key(byte[] bytes, int start, int length) {
        return Sha256.hex(Arrays.copyOfRange(bytes, start, start + length));
    }

    /** Returns the smallest size of a change that is adopted. */
    private static float threshold(List<Tensor> tensors, byte[] old, byte[] now, double fraction) {
        ByteBuffer from = ByteBuffer.wrap(old).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer to = ByteBuffer.wrap(now).order(ByteOrder.LITTLE_ENDIAN);
        int weights = tensors.stream()
                .filter(LossyStudent::isLossy)
                .mapToInt(tensor -> tensor.length() / Float.BYTES)
                .sum();
        float[] moves = new float[weights];
        int n = 0;
        for (Tensor tensor : tensors) {
            for (int i = 0; isLossy(tensor) && i < tensor.length(); i += Float.BYTES) {
                moves[n++] = Math.abs(to.getFloat(tensor.start() + i) - from.getFloat(tensor.start() + i));
            }
        }
        Arrays.sort(moves);
        int taken = (int) Math.round(weights * fraction);
        return taken == 0 ? Float.POSITIVE_INFINITY : moves[weights - taken];
    }

    private static void thin(Tensor tensor, byte[] old, byte[] now, float threshold, float error) {
        ByteBuffer from = ByteBuffer.wrap(old).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer to = ByteBuffer.wrap(now).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = tensor.start(); at < tensor.start() + tensor.length(); at += Float.BYTES) {
            float move = Math.abs(to.getFloat(at) - from.getFloat(at));
            int before = from.getInt(at);
            // A move that is not a number is taken over as it is.
            to.putInt(at, move < threshold ? before : rounded(before, to.getInt(at), error));
        }
    }

    /** Returns the bits that differ from the parent's in the fewest significant bits and are near enough to the weight. */
    private static int rounded(int before, int after, float error) {
        float wanted = Float.intBitsToFloat(after);
        float tolerance = Math.abs(wanted - Float.intBitsToFloat(before)) * error;
        long difference = (long) WordDelta.ordered(after) - WordDelta.ordered(before);
        for (int zeros = Integer.SIZE; zeros > 0; zeros--) {
            long half = 1L << (zeros - 1);
            long kept = (difference + half) >> zeros << zeros;
            int bits = WordDelta.ordered((int) (WordDelta.ordered(before) + kept));
            if (Math.abs(Float.intBitsToFloat(bits) - wanted) <= tolerance) {
                return bits;
            }
        }
        return after;
    }
}
