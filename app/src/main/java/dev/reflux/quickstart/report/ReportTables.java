package dev.reflux.quickstart.report;

import static dev.reflux.quickstart.report.HtmlText.number;
import static dev.reflux.quickstart.report.HtmlText.percent;
import static dev.reflux.quickstart.report.HtmlText.text;
import static dev.reflux.quickstart.report.HtmlText.width;

import dev.reflux.registry.format.Artifact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The tables of the report, as HTML. */
final class ReportTables {

    private static final int SHOWN_HASH = 16;

    private ReportTables() {}

    /** Appends the IoU of each class. */
    static void classes(StringBuilder html, RunFacts facts) {
        html.append("<table><tr><th>class</th><th>before</th><th>after</th><th>teacher</th><th></th></tr>");
        facts.after().perClass().forEach((name, iou) -> html.append("<tr><td>")
                .append(text(name))
                .append("</td><td>")
                .append(percent(score(facts.before().perClass(), name)))
                .append("</td><td>")
                .append(percent(iou))
                .append("</td><td>")
                .append(percent(score(facts.teacher().perClass(), name)))
                .append("</td><td class=\"bar\"><div class=\"t\" style=\"width:")
                .append(width(score(facts.teacher().perClass(), name)))
                .append("%\"></div><div style=\"width:")
                .append(width(iou))
                .append("%\"></div></td></tr>"));
        html.append("</table>");
    }

    /** Appends the mIoU of each domain. */
    static void domains(StringBuilder html, RunFacts facts) {
        html.append("<table><tr><th>domain</th><th>before</th><th>after</th><th>teacher</th></tr>");
        facts.after().perDomain().forEach((name, miou) -> html.append("<tr><td>")
                .append(text(name))
                .append("</td><td>")
                .append(percent(score(facts.before().perDomain(), name)))
                .append("</td><td>")
                .append(percent(miou))
                .append("</td><td>")
                .append(percent(score(facts.teacher().perDomain(), name)))
                .append("</td></tr>"));
        html.append("</table>");
    }

    /** Appends the number of frames by outcome. */
    static void frames(StringBuilder html, RunFacts facts) {
        boolean late = facts.labels().later() > 0;
        List<Map.Entry<String, Long>> rows = new ArrayList<>();
        rows.add(Map.entry("offered", facts.offered()));
        if (late) {
            rows.add(Map.entry("late labels offered", facts.labels().later()));
        }
        rows.add(Map.entry("trained", facts.counts().trained()));
        rows.add(Map.entry("held out", facts.counts().heldOut()));
        if (late) {
            rows.add(Map.entry("late labels taken", facts.counts().labels()));
        }
        rows.add(Map.entry("dead-lettered", facts.deadLettered()));
        rows.add(Map.entry("duplicates dropped", facts.counts().duplicates()));
        counts(html, rows);
    }

    /** Appends counts, each with its name. */
    static void counts(StringBuilder html, List<Map.Entry<String, Long>> rows) {
        html.append("<table>");
        rows.forEach(row -> html.append("<tr><td>")
                .append(text(row.getKey()))
                .append("</td><td>")
                .append(row.getValue())
                .append("</td></tr>"));
        html.append("</table>");
    }

    /** Appends the published versions. */
    static void versions(StringBuilder html, RunFacts facts) {
        html.append("<table><tr><th>version</th><th>parent</th><th>step</th><th>frames</th><th>held-out mIoU</th>"
                + "<th>on</th><th>test mIoU</th><th>promotion gate</th><th>student.pt sha256</th></tr>");
        for (RunFacts.ScoredVersion scored : facts.versions()) {
            var version = scored.version();
            HoldoutFigure holdout = HoldoutFigure.of(version.metrics());
            html.append("<tr><td>v")
                    .append(version.version())
                    .append(version.version() == facts.pulledVersion() ? " (pulled)" : "")
                    .append("</td><td>")
                    .append(
                            version.lineage().parentVersion() == 0
                                    ? "–"
                                    : "v" + version.lineage().parentVersion())
                    .append("</td><td>")
                    .append(version.lineage().step())
                    .append("</td><td>")
                    .append(version.lineage().framesTrained())
                    .append("</td><td>")
                    .append(percent(holdout.miou()))
                    .append("</td><td>")
                    .append(text(holdout.basis()))
                    .append("</td><td>")
                    .append(percent(scored.test().miou()))
                    .append("</td><td>")
                    .append(text(scored.gate()))
                    .append("</td><td><code>")
                    .append(version.blob(Artifact.STUDENT).sha256().substring(0, SHOWN_HASH))
                    .append("…</code></td></tr>");
        }
        html.append("</table>");
    }

    /** Appends the configuration and the machine. */
    static void settings(StringBuilder html, RunFacts facts) {
        html.append("<dl>");
        Map<String, String> rows = new TreeMap<>(facts.config());
        rows.put("a teacher's frame", number(facts.throughput().teacherMs(), 1) + " ms of work");
        rows.put("an optimizer step", number(facts.throughput().trainMs(), 1) + " ms");
        rows.put("java", String.valueOf(System.getProperty("java.version")));
        rows.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
        rows.forEach((key, value) -> html.append("<dt>")
                .append(text(key))
                .append("</dt><dd>")
                .append(text(value))
                .append("</dd>"));
        html.append("</dl>");
    }

    private static double score(Map<String, Double> scores, String name) {
        return scores.getOrDefault(name, Double.NaN);
    }
}
