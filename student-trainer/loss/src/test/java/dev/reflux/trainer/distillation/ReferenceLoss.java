package dev.reflux.trainer.distillation;

import java.util.Arrays;

/**
 * The loss in plain double arithmetic, pixel by pixel, straight from the paper's equations: no tensor library, nothing
 * shared with the implementation. For one grid; labels as ints, 255 = ignore.
 */
final class ReferenceLoss {

    private ReferenceLoss() {}

    static double ce(double[][][] s, int[][] y) {
        return ce(s, y, even(y));
    }

    /** @param w weight of each pixel */
    static double ce(double[][][] s, int[][] y, double[][] w) {
        double sum = 0;
        double labelled = 0;
        for (int n = 0; n < s.length; n++) {
            for (int p = 0; p < y[n].length; p++) {
                if (y[n][p] != 255) {
                    sum -= w[n][p] * Math.log(softmax(s[n], p, 1)[y[n][p]]);
                    labelled += w[n][p];
                }
            }
        }
        return labelled == 0 ? 0 : sum / labelled;
    }

    private static double[][] even(int[][] y) {
        double[][] w = new double[y.length][y[0].length];
        for (double[] frame : w) {
            Arrays.fill(frame, 1);
        }
        return w;
    }

    static double kd(double[][][] s, double[][][] t, int[][] y, double tau) {
        return kd(s, t, y, tau, even(y));
    }

    /** @param w weight of each pixel */
    static double kd(double[][][] s, double[][][] t, int[][] y, double tau, double[][] w) {
        double sum = 0;
        double labelled = 0;
        for (int n = 0; n < s.length; n++) {
            for (int p = 0; p < y[n].length; p++) {
                if (y[n][p] == 255) {
                    continue;
                }
                labelled += w[n][p];
                double[] pt = softmax(t[n], p, tau);
                double[] ps = softmax(s[n], p, tau);
                for (int c = 0; c < pt.length; c++) {
                    sum += pt[c] == 0 ? 0 : w[n][p] * pt[c] * (Math.log(pt[c]) - Math.log(ps[c]));
                }
            }
        }
        return labelled == 0 ? 0 : tau * tau * sum / labelled;
    }

    static double bce(double[][][] z, int[][] y) {
        double sum = 0;
        int cells = 0;
        for (int n = 0; n < z.length; n++) {
            for (int p = 0; p < y[n].length; p++) {
                if (y[n][p] != 255) {
                    for (int c = 0; c < z[n].length; c++) {
                        sum += h(z[n][c][p], y[n][p] == c);
                        cells++;
                    }
                }
            }
        }
        return cells == 0 ? 0 : sum / cells;
    }

    /** Ẑ and W of a state of the student, which L_hakd then holds constant. */
    record Frozen(double[][][] hybrid, double[][][] weight) {}

    static Frozen freeze(
            double[][][] zs, double[][][] zt, int[][] y, KemAxis axis, boolean kmm, boolean kem, double kemTau) {
        int classes = zs[0].length;
        double[][][] hybrid = new double[zs.length][classes][y[0].length];
        double[][][] weight = new double[zs.length][classes][y[0].length];
        for (int n = 0; n < zs.length; n++) {
            double[][] evidence = new double[classes][y[n].length];
            int labelled = 0;
            for (int p = 0; p < y[n].length; p++) {
                labelled += y[n][p] == 255 ? 0 : 1;
                for (int c = 0; c < classes && y[n][p] != 255; c++) {
                    boolean hit = y[n][p] == c;
                    double hs = h(zs[n][c][p], hit);
                    double st = kmm ? hs / (h(zt[n][c][p], hit) + hs + 1e-8) : 1;
                    hybrid[n][c][p] = st * zt[n][c][p] + (1 - st) * zs[n][c][p];
                    evidence[c][p] = hs + Math.max(0, hs - h(hybrid[n][c][p], hit));
                }
            }
            for (int p = 0; p < y[n].length; p++) {
                for (int c = 0; c < classes && y[n][p] != 255; c++) {
                    if (!kem) {
                        weight[n][c][p] = 1.0 / labelled;
                    } else if (axis == KemAxis.PIXELS) {
                        double sum = 0;
                        for (int k = 0; k < y[n].length; k++) {
                            sum += y[n][k] == 255 ? 0 : Math.exp((evidence[c][k] - evidence[c][p]) / kemTau);
                        }
                        weight[n][c][p] = 1 / sum;
                    } else {
                        double sum = 0;
                        for (int k = 0; k < classes; k++) {
                            sum += Math.exp((evidence[k][p] - evidence[c][p]) / kemTau);
                        }
                        weight[n][c][p] = classes / (sum * labelled);
                    }
                }
            }
        }
        return new Frozen(hybrid, weight);
    }

    static double hakd(double[][][] zs, Frozen frozen, int[][] y, double tau) {
        double sum = 0;
        for (int n = 0; n < zs.length; n++) {
            for (int c = 0; c < zs[n].length; c++) {
                for (int p = 0; p < y[n].length; p++) {
                    if (y[n][p] != 255) {
                        sum += frozen.weight()[n][c][p]
                                * bernoulliKl(frozen.hybrid()[n][c][p] / tau, zs[n][c][p] / tau);
                    }
                }
            }
        }
        return tau * tau * sum / (zs.length * zs[0].length);
    }

    /** KL(Bern(σ(a)) ‖ Bern(σ(b))). */
    private static double bernoulliKl(double a, double b) {
        double q = 1 / (1 + Math.exp(-a));
        return q * (logSigmoid(a) - logSigmoid(b)) + (1 / (1 + Math.exp(a))) * (logSigmoid(-a) - logSigmoid(-b));
    }

    private static double logSigmoid(double x) {
        return x < 0 ? x - Math.log1p(Math.exp(x)) : -Math.log1p(Math.exp(-x));
    }

    /** BCEWithLogits. */
    private static double h(double z, boolean hit) {
        return -logSigmoid(hit ? z : -z);
    }

    private static double[] softmax(double[][] maps, int p, double tau) {
        double max = Double.NEGATIVE_INFINITY;
        for (double[] map : maps) {
            max = Math.max(max, map[p] / tau);
        }
        double[] e = new double[maps.length];
        double sum = 0;
        for (int c = 0; c < maps.length; c++) {
            e[c] = Math.exp(maps[c][p] / tau - max);
            sum += e[c];
        }
        for (int c = 0; c < maps.length; c++) {
            e[c] /= sum;
        }
        return e;
    }
}
