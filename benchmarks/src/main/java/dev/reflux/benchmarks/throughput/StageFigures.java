package dev.reflux.benchmarks.throughput;

import dev.reflux.benchmarks.report.Table;
import java.util.Locale;
import java.util.Map;

/**
 * The cost of a frame by stage, with one stage after the other and nothing else running.
 *
 * @param frames the number of frames that passed all stages
 * @param millis milliseconds a frame by stage, in the order of the path
 * @param wall milliseconds a frame in all, including the time between the stages
 */
public record StageFigures(int frames, Map<String, Double> millis, double wall) {

    Table table(String name) {
        Table table = new Table(name, "ms a frame", "part");
        millis.forEach((stage, taken) -> table.row(stage, text(taken), part(taken)));
        double between =
                wall - millis.values().stream().mapToDouble(Double::doubleValue).sum();
        return table.row("between the stages", text(between), part(between)).row("all", text(wall), part(wall));
    }

    private static String text(double millis) {
        return String.format(Locale.ROOT, "%.2f", millis);
    }

    private String part(double millis) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * millis / wall);
    }
}
