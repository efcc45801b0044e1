package dev.reflux.lab.truth;

import dev.reflux.benchmarks.report.Table;
import dev.reflux.evaluation.plot.HeatMap;
import dev.reflux.lab.learning.SeedSpread;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * The figures of teacher, student and KMM by class.
 *
 * @param dataset the name of the data set
 * @param view the size at which the student looks
 * @param method the learning method
 * @param frames number of test frames
 * @param seeds number of students
 * @param rows one row for each class, in the order of the schema
 */
public record TruthFigures(String dataset, String view, String method, int frames, int seeds, List<Row> rows) {

    /**
     * A row for a class.
     *
     * @param name the name of the class
     * @param teacher IoU of the teacher, 0..1; NaN if the class does not occur
     * @param students IoU of the students, one for each seed
     * @param pixels number of pixels with this label
     * @param shares S_t over the cells of the projected logits' grid
     */
    public record Row(String name, double teacher, List<Double> students, long pixels, ShareTally.Shares shares) {

        double student() {
            return SeedSpread.of(students).mean();
        }
    }

    public TruthFigures {
        rows = List.copyOf(rows);
    }

    /** Returns the figures as Markdown, the teacher's worst class first. */
    public String text() {
        Table table = new Table(
                "class",
                "pixels",
                "teacher IoU",
                "student IoU",
                "cells wrong",
                "S_t",
                "S_t, right",
                "S_t, wrong",
                "of it missed",
                "false alarms");
        long all = rows.stream().mapToLong(Row::pixels).sum();
        for (Row row : worstFirst()) {
            ShareTally.Shares shares = row.shares();
            table.row(
                    row.name(),
                    percent((double) row.pixels() / all),
                    percent(row.teacher()),
                    percent(row.student()),
                    percent(part(shares.wrong(), shares.right())),
                    share(shares.labelled()),
                    share(shares.right()),
                    share(shares.wrong()),
                    share(shares.missed()),
                    share(shares.falseAlarm()));
        }
        table.row(total());
        return dataset + " test at " + view + ", " + frames + " frames; method " + method + ", " + seeds
                + (seeds == 1 ? " seed" : " seeds")
                + ". Pixels and IoU in per cent; S_t is the teacher's mean share in KMM's hybrid, 0 to 1.\n\n" + table
                + "\nOf a class, the teacher is wrong at cells that it misses and at those it claims for it falsely;"
                + " cells wrong: their part of all cells that have the class or are said to.\n";
    }

    private String[] total() {
        MeanShare right = sum(rows.stream().map(row -> row.shares().right()).toList());
        MeanShare missed = sum(rows.stream().map(row -> row.shares().missed()).toList());
        MeanShare falseAlarm =
                sum(rows.stream().map(row -> row.shares().falseAlarm()).toList());
        return new String[] {
            "all (IoU: mean)",
            "100.0",
            percent(mean(rows.stream().mapToDouble(Row::teacher))),
            percent(mean(rows.stream().mapToDouble(Row::student))),
            percent(part(missed.and(falseAlarm), right)),
            share(right.and(missed)),
            share(right),
            share(missed.and(falseAlarm)),
            share(missed),
            share(falseAlarm)
        };
    }

    private static MeanShare sum(List<MeanShare> shares) {
        return shares.stream().reduce(MeanShare.of(0, 0), MeanShare::and);
    }

    private static double mean(DoubleStream values) {
        return values.filter(value -> !Double.isNaN(value)).average().orElse(Double.NaN);
    }

    private static double part(MeanShare one, MeanShare rest) {
        return (double) one.cells() / (one.cells() + rest.cells());
    }

    private static String percent(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.1f", 100 * value);
    }

    private static String share(MeanShare share) {
        return share.cells() == 0 ? "-" : String.format(Locale.ROOT, "%.2f", share.share());
    }

    private List<Row> worstFirst() {
        return rows.stream().sorted(Comparator.comparingDouble(Row::teacher)).toList();
    }

    /** Returns IoU and shares as a heat map, the teacher's worst class on top. */
    public String plot() {
        List<Row> sorted = worstFirst();
        double[][] values = sorted.stream()
                .map(row -> new double[] {
                    row.teacher(),
                    row.student(),
                    row.shares().right().value(),
                    row.shares().missed().value(),
                    row.shares().falseAlarm().value()
                })
                .toArray(double[][]::new);
        return new HeatMap(
                        "IoU, and the teacher's share S_t where it is right, misses, and is falsely alarmed",
                        sorted.stream().map(Row::name).toList(),
                        List.of("teacher IoU", "student IoU", "S_t right", "S_t missed", "S_t false alarm"),
                        values)
                .file();
    }
}
