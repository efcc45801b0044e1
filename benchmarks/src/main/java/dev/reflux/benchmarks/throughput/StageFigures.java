package dev.reflux.benchmarks.throughput;

import dev.reflux.benchmarks.report.Table;
import java.util.Locale;
import java.util.Map;

/**
 * What a frame costs when one stage follows the other and nothing else runs.
 *
 * @param frames that passed all stages
 * @param millis milliseconds a frame, by stage, in the order of the path
 * @param wall milliseconds a frame of the whole walk, with what lies between the stages
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
