package dev.reflux.quickstart.report;

import static dev.reflux.quickstart.report.HtmlText.number;
import static dev.reflux.quickstart.report.HtmlText.percent;
import static dev.reflux.quickstart.report.HtmlText.text;
import static dev.reflux.quickstart.report.HtmlText.width;

import dev.reflux.registry.format.Artifact;
import java.util.LinkedHashMap;
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
        Map<String, Long> rows = new LinkedHashMap<>();
        rows.put("offered", facts.offered());
        rows.put("trained", facts.counts().trained());
        rows.put("held out", facts.counts().heldOut());
        rows.put("dead-lettered", facts.deadLettered());
        rows.put("duplicates dropped", facts.counts().duplicates());
        html.append("<table>");
        rows.forEach((name, count) -> html.append("<tr><td>")
                .append(name)
                .append("</td><td>")
                .append(count)
                .append("</td></tr>"));
        html.append("</table>");
    }

    /** Appends the published versions. */
    static void versions(StringBuilder html, RunFacts facts) {
        html.append("<table><tr><th>version</th><th>parent</th><th>step</th><th>frames</th><th>held-out mIoU</th>"
                + "<th>test mIoU</th><th>promotion gate</th><th>student.pt sha256</th></tr>");
        for (RunFacts.ScoredVersion scored : facts.versions()) {
            var version = scored.version();
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
                    .append(percent(version.metrics().getOrDefault("holdout.miou", Double.NaN)))
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
