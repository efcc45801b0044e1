package dev.reflux.lab.cka;

/**
 * Linear centred kernel alignment (Kornblith et al., ICML 2019) over mini-batches, with the unbiased estimator of HSIC
 * (Song et al., JMLR 2012), so that the batch's size does not move it (Nguyen, Raghu and Kornblith, ICLR 2021). With K =
 * XXᵀ and L = YYᵀ of n examples, their diagonals set to 0:
 *
 * <pre>
 * HSIC₁(K, L) = 1/(n(n−3)) · [ tr(KL) + 1ᵀK1·1ᵀL1/((n−1)(n−2)) − 2/(n−2)·1ᵀKL1 ]
 * CKA         = Σ HSIC₁(K, L) / √(Σ HSIC₁(K, K) · Σ HSIC₁(L, L))      sums over mini-batches
 * </pre>
 *
 * Not thread-safe.
 */
public final class LinearCka {

    /** The smallest number of examples with an unbiased estimate. */
    public static final int MIN_EXAMPLES = 4;

    private double cross;
    private double ofX;
    private double ofY;

    /**
     * Adds a mini-batch.
     *
     * @param x n examples of p features
     * @param y the same n examples of q features
     */
    public void add(double[][] x, double[][] y) {
        if (x.length != y.length || x.length < MIN_EXAMPLES) {
            throw new IllegalArgumentException(
                    x.length + " and " + y.length + " examples; " + MIN_EXAMPLES + " or more are needed of both");
        }
        double[][] k = gram(x);
        double[][] l = gram(y);
        cross += hsic(k, l);
        ofX += hsic(k, k);
        ofY += hsic(l, l);
    }

    /** Returns CKA from about 0 (nothing in common) to 1 (equal up to rotation and scale); NaN before the first batch. */
    public double value() {
        return cross / Math.sqrt(ofX * ofY);
    }

    private static double[][] gram(double[][] x) {
        int n = x.length;
        double[][] gram = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                double dot = 0;
                for (int f = 0; f < x[i].length; f++) {
                    dot += x[i][f] * x[j][f];
                }
                gram[i][j] = dot;
                gram[j][i] = dot;
            }
        }
        return gram;
    }

    static double hsic(double[][] k, double[][] l) {
        int n = k.length;
        double trace = 0;
        double sumK = 0;
        double sumL = 0;
        double product = 0;
        for (int i = 0; i < n; i++) {
            double rowK = 0;
            double rowL = 0;
            for (int j = 0; j < n; j++) {
                trace += k[i][j] * l[i][j];
                rowK += k[i][j];
                rowL += l[i][j];
            }
            sumK += rowK;
            sumL += rowL;
            product += rowK * rowL;
        }
        double scale = 1.0 / ((double) n * (n - 3));
        return scale * (trace + sumK * sumL / ((n - 1.0) * (n - 2)) - 2 / (n - 2.0) * product);
    }
}
