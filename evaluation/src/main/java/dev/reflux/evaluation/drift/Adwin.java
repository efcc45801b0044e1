package dev.reflux.evaluation.drift;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Adaptive windowing (Bifet and Gavaldà 2007): keeps a window of recent values and drops its older part as soon as the
 * means of the two parts differ by more than chance allows at confidence δ. The window is kept as an exponential histogram, so
 * memory is logarithmic in its length. Values should lie in about [0, 1].
 */
public final class Adwin implements DriftDetector {

    private static final int BUCKETS_A_ROW = 5;

    /** Sum and sum of squares of 2^row values. */
    private record Bucket(int row, double sum, double squares) {

        double count() {
            return 1L << row;
        }
    }

    private final double delta;
    private final int minimum;
    private final Deque<Bucket> newestFirst = new ArrayDeque<>();

    /**
     * Creates a detector.
     *
     * @param delta probability of a false alarm per value, such as 0.002
     * @param minimum values on either side of a cut
     */
    public Adwin(double delta, int minimum) {
        if (!(delta > 0 && delta < 1) || minimum < 1) {
            throw new IllegalArgumentException("delta must be in (0, 1) and minimum at least 1");
        }
        this.delta = delta;
        this.minimum = minimum;
    }

    /** Returns the number of values in the window. */
    public double length() {
        return newestFirst.stream().mapToDouble(Bucket::count).sum();
    }

    /** Returns the mean of the window. */
    public double mean() {
        return newestFirst.stream().mapToDouble(Bucket::sum).sum() / length();
    }

    @Override
    public boolean add(double value) {
        newestFirst.addFirst(new Bucket(0, value, value * value));
        compress();
        boolean drift = false;
        while (cut()) {
            drift = true;
        }
        return drift;
    }

    /** When a row holds too many buckets, its two oldest become one of the next row. */
    private void compress() {
        List<Bucket> all = new ArrayList<>(newestFirst);
        for (int row = 0; ; row++) {
            int first = -1;
            int last = -1;
            int count = 0;
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).row() == row) {
                    first = count == 0 ? i : first;
                    last = i;
                    count++;
                }
            }
            if (count <= BUCKETS_A_ROW) {
                break;
            }
            Bucket a = all.get(last - 1);
            Bucket b = all.remove(last);
            all.set(last - 1, new Bucket(row + 1, a.sum() + b.sum(), a.squares() + b.squares()));
        }
        newestFirst.clear();
        newestFirst.addAll(all);
    }

    /** Drops the oldest bucket if some cut shows a difference. */
    private boolean cut() {
        double total = length();
        double sum = 0;
        double squares = 0;
        for (Bucket bucket : newestFirst) {
            sum += bucket.sum();
            squares += bucket.squares();
        }
        double variance = Math.max(0, squares / total - sum / total * (sum / total));
        // δ' = δ / ln(window): a union bound over the cuts.
        double confidence = Math.log(2 * Math.log(Math.max(Math.E, total)) / delta);
        double newer = 0;
        double newerSum = 0;
        Iterator<Bucket> buckets = newestFirst.iterator();
        while (buckets.hasNext()) {
            Bucket bucket = buckets.next();
            newer += bucket.count();
            newerSum += bucket.sum();
            double older = total - newer;
            if (newer < minimum || older < minimum) {
                continue;
            }
            double harmonic = 1 / newer + 1 / older;
            double bound = Math.sqrt(2 * harmonic * variance * confidence) + 2.0 / 3 * harmonic * confidence;
            if (Math.abs(newerSum / newer - (sum - newerSum) / older) > bound) {
                newestFirst.removeLast();
                return true;
            }
        }
        return false;
    }

    @Override
    public double[] state() {
        double[] state = new double[3 * newestFirst.size()];
        int at = 0;
        for (Bucket bucket : newestFirst) {
            state[at++] = bucket.row();
            state[at++] = bucket.sum();
            state[at++] = bucket.squares();
        }
        return state;
    }

    @Override
    public void restore(double[] state) {
        newestFirst.clear();
        for (int at = 0; at < state.length; at += 3) {
            newestFirst.addLast(new Bucket((int) state[at], state[at + 1], state[at + 2]));
        }
    }
}
