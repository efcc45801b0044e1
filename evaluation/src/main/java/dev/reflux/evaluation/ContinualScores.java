package dev.reflux.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a stream of domains did to a learner: R[i][j] is the score on domain j after leg i of the stream. A leg belongs to
 * one domain; a domain may have several legs, one after the other or coming back later. With home(j) the last leg of
 * domain j, and the domain of the last leg left out of both differences:
 *
 * <ul>
 *   <li>average = mean over j of R[last][j];
 *   <li>backward transfer (Lopez-Paz and Ranzato 2017) = mean over j of R[last][j] − R[home(j)][j];
 *   <li>forgetting (Chaudhry et al. 2018) = mean over j of the best R[i][j] from j's first leg to the last but one, less
 *       R[last][j].
 * </ul>
 */
public final class ContinualScores {

    private final int domains;
    private final int[] domainOfLeg;
    private final List<double[]> rows = new ArrayList<>();

    /** Every domain has one leg, in order: the papers' case. */
    public ContinualScores(int domains) {
        this(domains, IntStream.range(0, domains).toArray());
    }

    /**
     * @param domains that are scored
     * @param domainOfLeg the domain of each leg, in the stream's order
     */
    public ContinualScores(int domains, int[] domainOfLeg) {
        if (IntStream.of(domainOfLeg).anyMatch(domain -> domain < 0 || domain >= domains)) {
            throw new IllegalArgumentException("a leg belongs to none of the " + domains + " domains");
        }
        this.domains = domains;
        this.domainOfLeg = domainOfLeg.clone();
    }

    /** The scores on every domain after the next leg. */
    public void learnt(double[] scores) {
        if (scores.length != domains || rows.size() == domainOfLeg.length) {
            throw new IllegalArgumentException(
                    "a matrix of " + domainOfLeg.length + " legs by " + domains + " domains is asked for");
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

    /** Negative: what came later harmed what was known. NaN where only the last leg's domain was learnt. */
    public double backwardTransfer() {
        return earlier()
                .mapToDouble(j -> last()[j] - rows.get(home(j))[j])
                .average()
                .orElse(Double.NaN);
    }

    /** Positive: something was known better once. NaN where only the last leg's domain was learnt. */
    public double forgetting() {
        return earlier().mapToDouble(j -> best(j) - last()[j]).average().orElse(Double.NaN);
    }

    /** Domains that were learnt, other than the last leg's. */
    private IntStream earlier() {
        int latest = domainOfLeg[domainOfLeg.length - 1];
        return IntStream.range(0, domains).filter(j -> j != latest && home(j) >= 0);
    }

    private int home(int domain) {
        return IntStream.range(0, domainOfLeg.length)
                .filter(leg -> domainOfLeg[leg] == domain)
                .max()
                .orElse(-1);
    }

    private double best(int domain) {
        int last = domainOfLeg.length - 1;
        return IntStream.range(0, last)
                .dropWhile(leg -> domainOfLeg[leg] != domain)
                .mapToDouble(leg -> rows.get(leg)[domain])
                .max()
                .orElse(Double.NaN);
    }

    private double[] last() {
        if (rows.size() != domainOfLeg.length) {
            throw new IllegalStateException(rows.size() + " of " + domainOfLeg.length + " legs have been learnt");
        }
        return rows.get(domainOfLeg.length - 1);
    }
}
