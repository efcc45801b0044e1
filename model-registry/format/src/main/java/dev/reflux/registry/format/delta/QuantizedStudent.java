package dev.reflux.registry.format.delta;

import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.delta.WeightsFile.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/**
 * A lossy student whose delta from its parent is short: the change of every weight of a matrix is rounded to a whole number
 * of steps, of one size for the whole student. Everything else (biases, normalization, counters: less than one weight in a
 * hundred, and those to which a student is most sensitive) is adopted exactly.
 *
 * <p>One step size for all weights follows from a Lagrange multiplier: with squared errors, every weight has the same
 * distortion per bit at the margin. Weights that hardly change cost nearly nothing, and those that change much get the bits.
 * Changes are rounded towards zero more often than to the nearest ({@link #ROUNDING}), because zeros are cheap (a dead zone;
 * Sullivan, 1996). Unlike in {@link LossyStudent}, no weight is off by more than a step.
 *
 * <p>The result is another student, with its own hash. It is the parent of the next lossy student, so what one leaves out is
 * part of the change that the next one encodes. Stateless: any thread.
 */
public final class QuantizedStudent {

    /** Added to a change in steps before it is truncated; 0.5 would round to the nearest. */
    static final float ROUNDING = 0.35f;

    private static final int HALVINGS = 16;
    private static final int NARROWINGS = 14;

    /** In units in the last place of the largest weight: a sum of weight and steps must distinguish one step from two. */
    private static final int LEAST_STEP = 8;

    private final Map<Artifact, byte[]> parent;
    private final Map<Artifact, byte[]> trained;
    private final List<Tensor> tensors;
    private final List<Integer> places;
    private final float[] before;
    private final float[] moves;
    private final float farthest;
    private final float least;

    /**
     * A lossy student.
     *
     * @param files the files of the student
     * @param delta the exact delta from the parent, for {@link DeltaCodec#apply}
     * @param step the step size, between 0 and the largest change of a weight
     */
    public record Made(Map<Artifact, byte[]> files, byte[] delta, float step) {}

    private QuantizedStudent(Map<Artifact, byte[]> parent, Map<Artifact, byte[]> trained) {
        this.parent = parent;
        this.trained = trained;
        byte[] old = LossyStudent.file(parent, Artifact.WEIGHTS);
        byte[] now = LossyStudent.file(trained, Artifact.WEIGHTS);
        tensors = WeightsFile.tensors(old);
        if (!tensors.equals(WeightsFile.tensors(now)) || old.length != now.length) {
            throw new DeltaException(
                    "Only students of one architecture can be made of one another; these two do not" + " match.");
        }
        places = QuantizedDelta.places(tensors, parent, trained);
        before = matrices(old);
        moves = matrices(now);
        float most = 0;
        float greatest = 0;
        for (int i = 0; i < moves.length; i++) {
            greatest = Math.max(greatest, Math.max(Math.abs(moves[i]), Math.abs(before[i])));
            moves[i] -= before[i];
            if (!Float.isFinite(moves[i])) {
                throw new DeltaException("A student whose weights are not finite cannot be rounded.");
            }
            most = Math.max(most, Math.abs(moves[i]));
        }
        farthest = most;
        least = LEAST_STEP * Math.ulp(greatest);
    }

    private float[] matrices(byte[] weights) {
        ByteBuffer values = ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN);
        float[] all = new float[QuantizedDelta.matrixWeights(tensors)];
        int n = 0;
        for (Tensor tensor : tensors) {
            for (int at = tensor.start(); tensor.isMatrix() && at < tensor.start() + tensor.length(); at += 4) {
                all[n++] = values.getFloat(at);
            }
        }
        return all;
    }

    /**
     * Makes the student that is nearest to the trained one with a delta of at most the given number of bytes.
     *
     * @param parent the files of the version that vehicles have
     * @param trained the files of a student of the same architecture and export
     * @throws DeltaException when the two do not match, or no step is large enough; names the number of bytes needed
     */
    public static Made within(Map<Artifact, byte[]> parent, Map<Artifact, byte[]> trained, long mostBytes) {
        return new QuantizedStudent(parent, trained).within(mostBytes);
    }

    /**
     * Makes the student with a given step size.
     *
     * @param step the step size, above 0; no weight of a matrix is farther than this from that of the trained student
     * @throws DeltaException when the two do not match, or the step is too small for their weights
     */
    public static Made make(Map<Artifact, byte[]> parent, Map<Artifact, byte[]> trained, float step) {
        if (!(step > 0 && Float.isFinite(step))) {
            throw new IllegalArgumentException("step must be over 0, not " + step);
        }
        return new QuantizedStudent(parent, trained).make(step);
    }

    private Made within(long mostBytes) {
        // Twice the farthest move rounds every move to none.
        float large = Math.max(2 * farthest, least);
        Made nothing = require(make(large), mostBytes);
        long fixed = nothing.delta().length - Levels.pack(new int[moves.length]).length;
        float small = Math.max(Math.scalb(large, -HALVINGS), least);
        for (int i = 0; i < NARROWINGS; i++) {
            float middle = (float) Math.sqrt((double) small * large);
            if (fixed + Levels.pack(levels(middle)).length <= mostBytes) {
                large = middle;
            } else {
                small = middle;
            }
        }
        Made made = make(large);
        // The card's own bytes differ by a few from hash to hash.
        while (made.delta().length > mostBytes) {
            large *= 1.001f;
            made = make(large);
        }
        return made;
    }

    private static Made require(Made made, long mostBytes) {
        if (made.delta().length > mostBytes) {
            throw new DeltaException("What must be exact takes " + made.delta().length + " bytes already, over the "
                    + mostBytes + " that the delta may have: allow more.");
        }
        return made;
    }

    private Made make(float step) {
        if (step < least) {
            throw new DeltaException("A step of " + step + " is too small for these weights, which take " + least
                    + " at least; take an exact delta.");
        }
        byte[] weights = LossyStudent.file(trained, Artifact.WEIGHTS).clone();
        ByteBuffer values = ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN);
        int[] levels = levels(step);
        int n = 0;
        for (Tensor tensor : tensors) {
            for (int at = tensor.start(); tensor.isMatrix() && at < tensor.start() + tensor.length(); at += 4) {
                values.putFloat(at, before[n]);
                n++;
            }
        }
        QuantizedDelta.putLevels(tensors, weights, levels, step);
        byte[] old = LossyStudent.file(parent, Artifact.WEIGHTS);
        int head = tensors.stream().mapToInt(Tensor::start).min().orElse(old.length);
        System.arraycopy(old, 0, weights, 0, head);
        byte[] student = LossyStudent.file(parent, Artifact.STUDENT).clone();
        QuantizedDelta.rewrite(new StoredZip(student), tensors, places, weights);
        Map<Artifact, byte[]> files = LossyStudent.files(student, weights, LossyStudent.file(trained, Artifact.CARD));
        return new Made(files, QuantizedDelta.encode(parent, files, step), step);
    }

    private int[] levels(float step) {
        int[] levels = new int[moves.length];
        for (int i = 0; i < levels.length; i++) {
            int size = (int) Math.min(Levels.MOST, Math.abs(moves[i]) / step + ROUNDING);
            levels[i] = moves[i] < 0 ? -size : size;
        }
        return levels;
    }
}
