package dev.reflux.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scores of a learner on a stream of domains: R[i][j] is the score on domain j after leg i of the stream. A leg belongs to
 * one domain; a domain may have several legs. home(j) is the last leg of domain j. Both differences leave out the domain
 * of the last leg:
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

    /** Creates scores of a stream in which every domain has one leg, in order. */
    public ContinualScores(int domains) {
        this(domains, IntStream.range(0, domains).toArray());
    }

    /**
     * Creates scores of a stream.
     *
     * @param domains number of domains that are scored
     * @param domainOfLeg domain of each leg, in stream order
     */
    public ContinualScores(int domains, int[] domainOfLeg) {
        if (IntStream.of(domainOfLeg).anyMatch(domain -> domain < 0 || domain >= domains)) {
            throw new IllegalArgumentException("a leg belongs to none of the " + domains + " domains");
        }
        this.domains = domains;
        this.domainOfLeg = domainOfLeg.clone();
    }

    /**
     * Adds the scores after the next leg.
     *
     * @param scores score on every domain
     */
    public void learnt(double[] scores) {
        if (scores.length != domains || rows.size() == domainOfLeg.length) {
            throw new IllegalArgumentException(
                    "a matrix of " + domainOfLeg.length + " legs by " + domains + " domains is expected");
        }
        rows.add(scores.clone());
    }

    /** Returns the mean score over all domains after the last leg. */
    public double average() {
        double sum = 0;
        for (double score : last()) {
            sum += score;
        }
        return sum / domains;
    }

    /** Returns the backward transfer. Negative: later legs harmed earlier domains. NaN with one learned domain only. */
    public double backwardTransfer() {
        return earlier()
                .mapToDouble(j -> last()[j] - rows.get(home(j))[j])
                .average()
                .orElse(Double.NaN);
    }

    /** Returns the forgetting. Positive: earlier scores were higher. NaN with one learned domain only. */
    public double forgetting() {
        return earlier().mapToDouble(j -> best(j) - last()[j]).average().orElse(Double.NaN);
    }

    /** Returns the learned domains other than the last leg's. */
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
