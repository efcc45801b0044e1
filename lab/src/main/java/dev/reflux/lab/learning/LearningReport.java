package dev.reflux.lab.learning;

import dev.reflux.benchmarks.report.Machine;
import dev.reflux.benchmarks.report.Table;
import dev.reflux.datasets.Dataset;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.lab.learning.RunResult.Budget;
import dev.reflux.lab.learning.RunResult.ClassShare;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Summarizes the runs as Markdown tables, JSON and plots. */
public final class LearningReport {

    private final LearningSettings settings;
    private final Dataset dataset;
    private final Views views;
    private final StreamPlan plan;
    private final SegmentationScore teacher;
    private final Map<String, Double> stepTimes;
    private final List<RunResult> results;
    private final List<String> domains;

    LearningReport(
            LearningSettings settings,
            Dataset dataset,
            Views views,
            StreamPlan plan,
            SegmentationScore teacher,
            Map<String, Double> stepTimes,
            List<RunResult> results) {
        this.settings = settings;
        this.dataset = dataset;
        this.views = views;
        this.plan = plan;
        this.teacher = teacher;
        this.stepTimes = stepTimes;
        this.results = results;
        this.domains = List.copyOf(teacher.perDomain().keySet());
    }

    /** Returns all tables as Markdown. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(heading()).append('\n');
        section(text, "Same steps, with replay", table(rows(true, Budget.STEPS)));
        section(text, "Same steps, without replay", table(rows(false, Budget.STEPS)));
        if (results.stream().anyMatch(run -> run.key().budget() == Budget.TIME)) {
            section(text, "Same wall-clock, with replay", timeTable());
        }
        section(text, "By class, same steps, with replay", classTable());
        section(text, "The teacher's share in KMM at the end of the stream, same steps, with replay", shareTable());
        text.append("Scored with averaged weights, but for \"raw mIoU\". ");
        text.append("mIoU in per cent, mean ± standard deviation over ")
                .append(settings.seeds())
                .append(settings.seeds() == 1 ? " seed" : " seeds")
                .append("; ")
                .append(Machine.here())
                .append('\n');
        return text.toString();
    }

    private String heading() {
        List<String> legs = plan.legs().stream()
                .map(leg ->
                        leg.name() + " (" + leg.domain() + ", " + leg.frames().size() + ")")
                .toList();
        return dataset.id() + ", protocol " + settings.protocol().word() + ", " + views + ": "
                + String.join(" → ", legs) + "; scored on " + plan.tests().size() + " frames. Windows of "
                + settings.newFrames() + " new frames, " + settings.updates() + " steps each, "
                + settings.replayedFrames() + " replayed frames a step, learning rate " + settings.learningRate()
                + ". Teacher's tensors as "
                + settings.wire().name().toLowerCase(Locale.ROOT) + ".\n";
    }

    private static void section(StringBuilder text, String title, String table) {
        if (!table.isEmpty()) {
            text.append("### ").append(title).append("\n\n").append(table).append('\n');
        }
    }

    // ---- rows --------------------------------------------------------------------------------------------------

    private List<LearningRow> rows(boolean replay, Budget budget) {
        Map<String, List<RunResult>> byMethod = new LinkedHashMap<>();
        settings.methods().forEach(method -> byMethod.put(method.name(), new ArrayList<>()));
        results.stream()
                .filter(run -> run.key().replay() == replay && run.key().budget() == budget)
                .forEach(run -> byMethod.getOrDefault(run.key().method(), new ArrayList<>())
                        .add(run));
        return byMethod.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(entry -> new LearningRow(entry.getKey(), replay, budget, entry.getValue()))
                .toList();
    }

    private String table(List<LearningRow> rows) {
        if (rows.isEmpty()) {
            return "";
        }
        List<String> head = new ArrayList<>(List.of("method", "mIoU"));
        head.addAll(domains);
        head.addAll(List.of(
                "raw mIoU",
                "prequential",
                "backward transfer",
                "forgetting",
                "S_t",
                "ms/step",
                "frames/s",
                "peak MiB"));
        Table table = new Table(head.toArray(new String[0]));
        table.row(teacherCells(head.size()));
        for (LearningRow row : rows) {
            List<String> cells =
                    new ArrayList<>(List.of(row.method(), row.miou().percent()));
            domains.forEach(domain -> cells.add(row.domain(domain).percent()));
            SeedSpread share = row.over(RunResult::teacherShare);
            SeedSpread speed = row.over(run -> run.steps() == 0 ? Double.NaN : run.framesPerSecond());
            cells.addAll(List.of(
                    row.rawMiou().percent(),
                    row.prequential().percent(),
                    row.backwardTransfer(domains).signedPercent(),
                    row.forgetting(domains).percent(),
                    Double.isNaN(share.mean()) ? "-" : String.format(Locale.ROOT, "%.2f", share.mean()),
                    row.over(RunResult::stepMillis).whole(),
                    Double.isNaN(speed.mean()) ? "-" : String.format(Locale.ROOT, "%.1f", speed.mean()),
                    row.over(RunResult::peakMib).whole()));
            table.row(cells.toArray(new String[0]));
        }
        return table.toString();
    }

    private String[] teacherCells(int columns) {
        List<String> cells = new ArrayList<>(List.of("teacher", percent(teacher.miou())));
        domains.forEach(domain -> cells.add(percent(teacher.perDomain().getOrDefault(domain, Double.NaN))));
        while (cells.size() < columns) {
            cells.add("-");
        }
        return cells.toArray(new String[0]);
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.1f", 100 * value);
    }

    /** Returns the runs at equal time; a method as fast as the fastest keeps its runs of the first table. */
    private String timeTable() {
        Map<String, LearningRow> timed = new LinkedHashMap<>();
        rows(true, Budget.STEPS).stream()
                .filter(row -> stepTimes.containsKey(row.method()))
                .forEach(row -> timed.put(row.method(), row));
        rows(true, Budget.TIME).forEach(row -> timed.put(row.method(), row));
        Table table = new Table("method", "ms/step, in turns", "steps", "mIoU", "prequential", "forgetting");
        timed.forEach((name, row) -> table.row(
                name,
                String.format(Locale.ROOT, "%.1f", stepTimes.getOrDefault(name, Double.NaN)),
                row.over(RunResult::steps).whole(),
                row.miou().percent(),
                row.prequential().percent(),
                row.forgetting(domains).percent()));
        return table.toString();
    }

    /** Returns the IoU of teacher and methods by class, the teacher's worst class first. */
    private String classTable() {
        List<LearningRow> rows = rows(true, Budget.STEPS).stream()
                .filter(row -> row.runs().get(0).steps() > 0)
                .toList();
        if (rows.isEmpty()) {
            return "";
        }
        List<String> head = new ArrayList<>(List.of("class", "teacher"));
        rows.forEach(row -> head.add(row.method()));
        Table table = new Table(head.toArray(new String[0]));
        teacher.perClass().entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .forEach(entry -> {
                    List<String> cells = new ArrayList<>(List.of(entry.getKey(), percent(entry.getValue())));
                    rows.forEach(row -> cells.add(
                            percent(row.over(run -> run.last().perClass().getOrDefault(entry.getKey(), Double.NaN))
                                    .mean())));
                    table.row(cells.toArray(new String[0]));
                });
        return table.toString();
    }

    /** Returns the shares of KMM by class, the teacher's worst class first. */
    private String shareTable() {
        List<LearningRow> rows = rows(true, Budget.STEPS).stream()
                .filter(row ->
                        row.runs().stream().noneMatch(run -> run.classShares().isEmpty()))
                .toList();
        if (rows.isEmpty()) {
            return "";
        }
        List<String> head = new ArrayList<>(List.of("class", "teacher's IoU"));
        rows.forEach(row -> head.addAll(List.of(row.method() + ": S_t", "S_t at its cells")));
        Table table = new Table(head.toArray(new String[0]));
        teacher.perClass().entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .forEach(entry -> {
                    List<String> cells = new ArrayList<>(List.of(entry.getKey(), percent(entry.getValue())));
                    rows.forEach(row -> {
                        cells.add(share(row, entry.getKey(), ClassShare::everywhere));
                        cells.add(share(row, entry.getKey(), ClassShare::there));
                    });
                    table.row(cells.toArray(new String[0]));
                });
        return table.toString();
    }

    private static String share(LearningRow row, String name, ToDoubleFunction<ClassShare> figure) {
        double mean = row.over(run -> run.classShares().stream()
                        .filter(share -> share.name().equals(name))
                        .mapToDouble(figure)
                        .findFirst()
                        .orElse(Double.NaN))
                .mean();
        return Double.isNaN(mean) ? "-" : String.format(Locale.ROOT, "%.2f", mean);
    }

    // ---- files -------------------------------------------------------------------------------------------------

    /**
     * Writes learning.md, learning.json and learning.svg.
     *
     * @param command the publishable command line
     */
    public void write(Path folder, String command) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("command", command);
        json.put("machine", Machine.here());
        json.put("settings", settings.published());
        json.put("view", views.student().toString());
        json.put("teacherView", views.teacher().toString());
        json.put("teacher", teacher);
        json.put("stepMillis", stepTimes);
        json.put("runs", results);
        RunStore.write(folder.resolve("learning.json"), json);
        try {
            Files.writeString(folder.resolve("learning.md"), text());
            LearningPlot plot = new LearningPlot(plan);
            Files.writeString(folder.resolve("learning.svg"), plot.prequential(rows(true, Budget.STEPS)));
            Files.writeString(folder.resolve("learning-test.svg"), plot.test(rows(true, Budget.STEPS), teacher.miou()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
