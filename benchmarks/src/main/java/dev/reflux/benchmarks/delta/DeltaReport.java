package dev.reflux.benchmarks.delta;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.benchmarks.report.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Renders a result as Markdown and as delta.json. */
public final class DeltaReport {

    private DeltaReport() {}

    /** Returns the result as Markdown. */
    public static String text(DeltaResult result) {
        Table exact = new Table("exact", "bytes", "% of student.pt", "encode ms", "apply ms");
        for (DeltaResult.Exact row : result.exact()) {
            exact.row(
                    row.way(),
                    format("%,.0f", row.bytes()),
                    format("%.1f", percent(row.bytes(), result)),
                    format("%.0f", row.encodeMillis()),
                    format("%.1f", row.applyMillis()));
        }
        Table lossy = new Table(
                "lossy",
                "bytes",
                "% of student.pt",
                "most %",
                "encode ms",
                "apply ms",
                "mIoU lost, mean",
                "most",
                "by the last");
        for (DeltaResult.Lossy row : result.lossy()) {
            lossy.row(
                    row.way(),
                    format("%,.0f", row.bytes()),
                    format("%.1f", percent(row.bytes(), result)),
                    format("%.1f", percent(row.mostBytes(), result)),
                    format("%.0f", row.encodeMillis()),
                    format("%.1f", row.applyMillis()),
                    format("%.2f", row.miouLoss()),
                    format("%.2f", row.mostMiouLoss()),
                    format("%.2f", row.lastMiouLoss()));
        }
        return result.machine() + "\n" + result.versions() + " versions of " + result.model() + ", student.pt "
                + format("%,d", result.studentBytes()) + " bytes; a chain of " + result.chainSteps()
                + " exact deltas made the last of the first, bit for bit\n\n" + exact + "\n" + lossy + "\n"
                + steps(result);
    }

    /** Returns a table with a row for each coding and a column for each step. */
    private static Table steps(DeltaResult result) {
        List<String> titles = new ArrayList<>(List.of("bytes, mIoU lost"));
        List<DeltaResult.Step> steps = result.lossy().get(0).steps();
        for (int i = 0; i < steps.size(); i++) {
            titles.add(format("to version %d", i + 2)
                    + format(" (%.2f)", steps.get(i).trained()));
        }
        Table table = new Table(titles.toArray(String[]::new));
        for (DeltaResult.Lossy row : result.lossy()) {
            List<String> cells = new ArrayList<>(List.of(row.way()));
            row.steps().forEach(step -> cells.add(format("%,d", step.bytes()) + format(", %.2f", step.lost())));
            table.row(cells.toArray(String[]::new));
        }
        return table;
    }

    /** Writes delta.json and delta.md into a folder. */
    public static void write(DeltaResult result, Path folder) {
        try {
            Files.createDirectories(folder);
            Files.writeString(
                    folder.resolve("delta.json"),
                    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(result));
            Files.writeString(folder.resolve("delta.md"), text(result));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double percent(double bytes, DeltaResult result) {
        return 100 * bytes / result.studentBytes();
    }

    private static String format(String pattern, Object value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
