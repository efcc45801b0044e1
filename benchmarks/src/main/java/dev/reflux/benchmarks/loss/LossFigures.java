package dev.reflux.benchmarks.loss;

import dev.reflux.benchmarks.report.PytorchFigures;
import dev.reflux.benchmarks.report.Spread;
import dev.reflux.benchmarks.report.Table;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The figures of {@link LossBenchmark}. Times are milliseconds of one forward and backward.
 *
 * @param threads number of compute threads
 * @param torch the version of libtorch
 * @param pytorch the source of the stored figures of plain PyTorch
 * @param shapes one entry for each shape
 */
public record LossFigures(int threads, String torch, String pytorch, List<OfShape> shapes) {

    /**
     * @param shape N, C, h, w
     * @param ours the closed form
     * @param autograd our formulas through autograd, in this process
     * @param listing the article's listing, in this process
     * @param overAutograd autograd's time over ours, round by round
     * @param overListing the listing's time over ours, round by round
     * @param overPytorchAutograd plain PyTorch's stored time of our formulas over ours; NaN when none is stored
     * @param overPytorchListing plain PyTorch's stored time of the listing over ours; NaN when none is stored
     * @param gradientError of each term: |ours − autograd| / |autograd| of the whole gradient
     */
    public record OfShape(
            List<Integer> shape,
            Spread ours,
            Spread autograd,
            Spread listing,
            Spread overAutograd,
            Spread overListing,
            double overPytorchAutograd,
            double overPytorchListing,
            Map<String, Double> gradientError) {}

    static OfShape beside(
            PytorchFigures stored,
            List<Integer> shape,
            List<Double> ours,
            List<Double> autograd,
            List<Double> listing,
            Map<String, Double> errors) {
        Spread own = Spread.of(ours);
        Optional<PytorchFigures.LossFigures> plain = stored.loss(shape);
        return new OfShape(
                shape,
                own,
                Spread.of(autograd),
                Spread.of(listing),
                Spread.ofRatios(autograd, ours),
                Spread.ofRatios(listing, ours),
                plain.map(one -> one.autograd().median() / own.median()).orElse(Double.NaN),
                plain.map(one -> one.listing().median() / own.median()).orElse(Double.NaN),
                errors);
    }

    /** Returns the figures as Markdown tables. */
    public String text() {
        Table times = new Table("shape", "ours, ms", "autograd, ms", "listing, ms");
        Table ratios = new Table(
                "shape", "autograd / ours", "listing / ours", "PyTorch's autograd / ours", "PyTorch's listing / ours");
        Table errors = new Table("shape", "CE", "KD", "HAKD", "BCE");
        for (OfShape one : shapes) {
            String name = name(one.shape());
            times.row(
                    name,
                    one.ours().toString(),
                    one.autograd().toString(),
                    one.listing().toString());
            ratios.row(
                    name,
                    one.overAutograd().toString(),
                    one.overListing().toString(),
                    ratio(one.overPytorchAutograd()),
                    ratio(one.overPytorchListing()));
            errors.row(name, error(one, "ce"), error(one, "kd"), error(one, "hakd"), error(one, "bce"));
        }
        return "Forward and backward, median (min-max), libtorch " + torch + ", " + threads + " threads:\n\n" + times
                + "\nHow many times as long the others take; in this process round by round, stored figures by medians ("
                + pytorch + "):\n\n" + ratios
                + "\nRelative difference of the gradient to autograd's, 10 % of the cells ignored:\n\n"
                + errors;
    }

    private static String name(List<Integer> shape) {
        return shape.get(0) + "x" + shape.get(1) + "x" + shape.get(2) + "x" + shape.get(3);
    }

    private static String ratio(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.1f", value);
    }

    private static String error(OfShape one, String term) {
        return String.format(Locale.ROOT, "%.1e", one.gradientError().getOrDefault(term, Double.NaN));
    }
}
