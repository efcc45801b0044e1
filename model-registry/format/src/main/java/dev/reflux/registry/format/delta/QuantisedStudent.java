package dev.reflux.registry.format.delta;

import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.delta.WeightsFile.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/**
 * A student near a trained one that costs little to send to whoever has its parent: what every weight of a matrix has
 * moved is rounded to a whole number of steps, of one size for the whole student. Everything else (biases,
 * normalisation, counters: under one weight in a hundred, and what a student reacts to most) is taken over exactly.
 *
 * <p>One step for all is what a Lagrange multiplier gives: with squared errors every weight has the same distortion per
 * bit at its margin, so what hardly moves costs nearly nothing and what moves much gets the bits. Moves are rounded down a
 * little more than to the nearest ({@link #ROUNDING}), since zeros are cheap (a dead zone; Sullivan, 1996). Against
 * taking over a fraction of the weights ({@link LossyStudent}) no weight is left behind by more than a step.
 *
 * <p>The result is a student of its own, with its own hash. The next one's parent is this one and not the trained one, so
 * what a step leaves out the next makes up for. Any thread.
 */
public final class QuantisedStudent {

    /** What is added to a move in steps before it is cut off to a whole number; a half would be to the nearest. */
    static final float ROUNDING = 0.35f;

    private static final int HALVINGS = 16;
    private static final int NARROWINGS = 14;

    /** In units of the greatest weight's last place: sums of weights and steps must tell one step from two. */
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
     * A student that was made.
     *
     * @param files of the student
     * @param delta makes them of the parent's, exactly: for {@link DeltaCodec#apply}
     * @param step between 0 and what the farthest weight moved
     */
    public record Made(Map<Artifact, byte[]> files, byte[] delta, float step) {}

    private QuantisedStudent(Map<Artifact, byte[]> parent, Map<Artifact, byte[]> trained) {
        this.parent = parent;
        this.trained = trained;
        byte[] old = LossyStudent.file(parent, Artifact.WEIGHTS);
        byte[] now = LossyStudent.file(trained, Artifact.WEIGHTS);
        tensors = WeightsFile.tensors(old);
        if (!tensors.equals(WeightsFile.tensors(now)) || old.length != now.length) {
            throw new DeltaException(
                    "Only students of one architecture can be made of one another; these two do not" + " match.");
        }
        places = QuantisedDelta.places(tensors, parent, trained);
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
        float[] all = new float[QuantisedDelta.matrixWeights(tensors)];
        int n = 0;
        for (Tensor tensor : tensors) {
            for (int at = tensor.start(); tensor.isMatrix() && at < tensor.start() + tensor.length(); at += 4) {
                all[n++] = values.getFloat(at);
            }
        }
        return all;
    }

    /**
     * Makes the student whose delta has at most so many bytes, as near to the trained one as that allows.
     *
     * @param parent files of the version that vehicles have
     * @param trained files of the same architecture and export
     * @throws DeltaException when the two do not match, or no step is large enough; says how many bytes it takes
     */
    public static Made within(Map<Artifact, byte[]> parent, Map<Artifact, byte[]> trained, long mostBytes) {
        return new QuantisedStudent(parent, trained).within(mostBytes);
    }

    /**
     * Makes the student with a given step.
     *
     * @param step over 0; no weight of a matrix is farther than this from the trained one's
     * @throws DeltaException when the two do not match, or the step is too small for their weights
     */
    public static Made make(Map<Artifact, byte[]> parent, Map<Artifact, byte[]> trained, float step) {
        if (!(step > 0 && Float.isFinite(step))) {
            throw new IllegalArgumentException("step must be over 0, not " + step);
        }
        return new QuantisedStudent(parent, trained).make(step);
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
        QuantisedDelta.putLevels(tensors, weights, levels, step);
        byte[] old = LossyStudent.file(parent, Artifact.WEIGHTS);
        int head = tensors.stream().mapToInt(Tensor::start).min().orElse(old.length);
        System.arraycopy(old, 0, weights, 0, head);
        byte[] student = LossyStudent.file(parent, Artifact.STUDENT).clone();
        QuantisedDelta.rewrite(new StoredZip(student), tensors, places, weights);
        Map<Artifact, byte[]> files = LossyStudent.files(student, weights, LossyStudent.file(trained, Artifact.CARD));
        return new Made(files, QuantisedDelta.encode(parent, files, step), step);
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
