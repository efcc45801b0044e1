package dev.reflux.lab.weights;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.distillation.TeacherShare;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What the loss does at each cell of one frame, in double precision: KMM's share, KEM's weight and the gradients (HeteroAKD,
 * Eq. 5 to 10). Cells without a label have zeros. Gradients are up to a factor that all cells of a frame share. Immutable.
 */
final class CellTerms {

    private final LossSettings settings;
    private final LabelMap labels;
    private final Logits logits;
    private final int classes;
    private final int[] labeled;
    private final double[] share;
    private final double[] weight;
    private final double[] hakd;
    private final double[] kd;
    private final double[] ce;
    private final double evenness;
    private final double cosine;

    /**
     * The logits of a frame on one grid.
     *
     * @param student s, float [C,h,w]
     * @param teacher t, float [C,h,w]
     * @param studentProjected Z_s, float [C,h,w]
     * @param teacherProjected Z_t, float [C,h,w]
     */
    record Logits(LogitMap student, LogitMap teacher, LogitMap studentProjected, LogitMap teacherProjected) {}

    /**
     * Computes the terms of a frame.
     *
     * @param settings KMM, KEM and the temperatures; KEM normalizes over the cells of a class map
     * @param labels y on the grid, 255 = ignore
     */
    CellTerms(LossSettings settings, LabelMap labels, Logits logits) {
        this.settings = settings;
        this.labels = labels;
        this.logits = logits;
        int cells = logits.student().shape().plane();
        this.classes = logits.student().values().length / cells;
        this.labeled = IntStream.range(0, cells)
                .filter(p -> id(p) != LabelSchema.IGNORE)
                .toArray();
        this.share = new double[cells];
        this.weight = new double[cells];
        this.hakd = new double[cells];
        this.kd = new double[cells];
        this.ce = new double[cells];
        addLogits();
        double effective = 0;
        double[] products = new double[3];
        for (int c = 0; c < classes && labeled.length > 0; c++) {
            effective += addClass(c, products) / classes;
        }
        this.evenness = effective;
        double length = Math.sqrt(products[1] * products[2]);
        this.cosine = length == 0 ? 0 : products[0] / length;
    }

    /** Returns S_t of the label's class at a cell, 0..1. */
    double share(int cell) {
        return share[cell];
    }

    /** Returns the mean of W over the classes at a cell. The sum over the cells is 1. */
    double weight(int cell) {
        return weight[cell];
    }

    /** Returns the sum over the classes of |∂L_hakd/∂Z_s| at a cell. */
    double hakd(int cell) {
        return hakd[cell];
    }

    /** Returns the sum over the classes of |∂L_kd/∂s| at a cell. */
    double kd(int cell) {
        return kd[cell];
    }

    /** Returns the sum over the classes of |∂CE/∂s| at a cell. */
    double ce(int cell) {
        return ce[cell];
    }

    /** Returns the effective part of the labeled cells, 1 / (n · Σ W²), as a mean over the classes, 0..1. */
    double evenness() {
        return evenness;
    }

    /** Returns the cosine of ∂L_hakd/∂Z_s and ∂BCE(Z_s, y)/∂Z_s over all cells and classes, −1..1. */
    double cosine() {
        return cosine;
    }

    private void addLogits() {
        for (int p : labeled) {
            double[] student = softmax(logits.student(), p, 1);
            double[] softened = softmax(logits.student(), p, settings.tau());
            double[] teacher = softmax(logits.teacher(), p, settings.tau());
            for (int c = 0; c < classes; c++) {
                ce[p] += Math.abs(student[c] - (id(p) == c ? 1 : 0));
                kd[p] += Math.abs(softened[c] - teacher[c]);
            }
        }
    }

    /** Adds the map of one class, and its inner products to {@code products}; returns the effective part of its cells. */
    private double addClass(int c, double[] products) {
        double[] evidence = new double[labeled.length];
        double[] pull = new double[labeled.length];
        for (int i = 0; i < labeled.length; i++) {
            int p = labeled[i];
            boolean hit = id(p) == c;
            double zs = at(logits.studentProjected(), c, p);
            double zt = at(logits.teacherProjected(), c, p);
            double ofTeacher = settings.kmm() ? TeacherShare.of(zs, zt, hit) : 1;
            double hybrid = ofTeacher * zt + (1 - ofTeacher) * zs;
            double ofStudent = TeacherShare.reliability(zs, hit);
            evidence[i] = ofStudent + Math.max(0, ofStudent - TeacherShare.reliability(hybrid, hit));
            pull[i] = sigmoid(zs / settings.tau()) - sigmoid(hybrid / settings.tau());
            share[p] += hit ? ofTeacher : 0;
        }
        double[] weights = settings.kem() ? softmax(evidence, settings.kemTau()) : even(labeled.length);
        double squares = 0;
        for (int i = 0; i < labeled.length; i++) {
            int p = labeled[i];
            double supervision = sigmoid(at(logits.studentProjected(), c, p)) - (id(p) == c ? 1 : 0);
            double gradient = weights[i] * pull[i];
            weight[p] += weights[i] / classes;
            hakd[p] += Math.abs(gradient);
            squares += weights[i] * weights[i];
            products[0] += gradient * supervision;
            products[1] += gradient * gradient;
            products[2] += supervision * supervision;
        }
        return 1 / squares / labeled.length;
    }

    private int id(int cell) {
        return labels.ids()[cell] & 0xFF;
    }

    private static double at(LogitMap map, int c, int cell) {
        return map.values()[c * map.shape().plane() + cell];
    }

    private double[] softmax(LogitMap map, int cell, double tau) {
        return softmax(
                IntStream.range(0, classes).mapToDouble(c -> at(map, c, cell)).toArray(), tau);
    }

    private static double[] softmax(double[] values, double tau) {
        double largest = Arrays.stream(values).max().orElse(0);
        double[] powers = Arrays.stream(values)
                .map(value -> Math.exp((value - largest) / tau))
                .toArray();
        double sum = Arrays.stream(powers).sum();
        return Arrays.stream(powers).map(power -> power / sum).toArray();
    }

    private static double[] even(int count) {
        double[] weights = new double[count];
        Arrays.fill(weights, 1.0 / count);
        return weights;
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }
}
