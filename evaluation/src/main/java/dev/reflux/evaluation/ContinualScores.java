package dev.reflux.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * What a stream of domains did to a learner: R[i][j] is the score on domain j after learning domain i.
 *
 * <ul>
 *   <li>average = mean over j of R[last][j];
 *   <li>backward transfer (Lopez-Paz and Ranzato 2017) = mean over j &lt; last of R[last][j] − R[j][j];
 *   <li>forgetting (Chaudhry et al. 2018) = mean over j &lt; last of max over j ≤ i &lt; last of R[i][j], less R[last][j].
 * </ul>
 */
public final class ContinualScores {

    private final int domains;
    private final List<double[]> rows = new ArrayList<>();

    public ContinualScores(int domains) {
        this.domains = domains;
    }

    /** The scores on every domain after the next domain was learnt. */
    public void learnt(double[] scores) {
        if (scores.length != domains || rows.size() == domains) {
            throw new IllegalArgumentException("a matrix of " + domains + " by " + domains + " domains is asked for");
        }
        rows.add(scores.clone());
    }

    public double average() {
        double sum = 0;
        for (double score : last()) {
            sum += score;
        }
        return sum / domains;
    }

    /** Negative: what came later harmed what was known. NaN for a single domain. */
    public double backwardTransfer() {
        double sum = 0;
        for (int j = 0; j < domains - 1; j++) {
            sum += last()[j] - rows.get(j)[j];
        }
        return domains == 1 ? Double.NaN : sum / (domains - 1);
    }

    /** Positive: something was known better once. NaN for a single domain. */
    public double forgetting() {
        double sum = 0;
        for (int j = 0; j < domains - 1; j++) {
            double best = Double.NEGATIVE_INFINITY;
            for (int i = j; i < domains - 1; i++) {
                best = Math.max(best, rows.get(i)[j]);
            }
            sum += best - last()[j];
        }
        return domains == 1 ? Double.NaN : sum / (domains - 1);
    }

    private double[] last() {
        if (rows.size() != domains) {
            throw new IllegalStateException(rows.size() + " of " + domains + " domains have been learnt");
        }
        return rows.get(domains - 1);
    }
}
