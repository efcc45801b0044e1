package dev.reflux.quickstart.report;

import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelClass;
import dev.reflux.common.label.LabelMap;
import dev.reflux.evaluation.plot.LinePlot;
import dev.reflux.registry.format.Artifact;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** The report for people: one file that needs nothing else, in light and in dark. */
public final class ReportHtml {

    private static final String BLUE = "#3b82f6";
    private static final String ORANGE = "#f97316";
    private static final String GREEN = "#10b981";
    private static final String PURPLE = "#a855f7";
    private static final List<String> COLUMNS = List.of("frame", "label", "teacher", "student before", "student after");
    private static final DateTimeFormatter FINISHED =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);
    private static final int X_TICKS = 5;
    private static final int SHOWN_HASH = 16;
    private static final String STYLE =
            """
            :root{color-scheme:light dark;--bg:#fafaf9;--card:#fff;--ink:#1c1917;--soft:#78716c;--line:#e7e5e4}
            @media(prefers-color-scheme:dark){:root{--bg:#0c0a09;--card:#1c1917;--ink:#f5f5f4;--soft:#a8a29e;--line:#292524}}
            *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
            main{max-width:1180px;margin:0 auto;padding:32px 20px 64px}h1{font-size:28px;margin:0}h2{font-size:17px;margin:0 0 12px}
            .sub{color:var(--soft);margin:4px 0 0}.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:12px;margin:24px 0 20px}
            .card,section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 18px}
            .card b{display:block;font-size:24px;white-space:nowrap;font-variant-numeric:tabular-nums}.card span{color:var(--soft);font-size:13px}
            .two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr));gap:0 20px}section{margin-bottom:20px;min-width:0}
            svg{width:100%;height:auto;display:block}.grid{stroke:var(--line)}.tick{fill:var(--soft);font-size:11px}
            .legend{display:flex;flex-wrap:wrap;gap:6px 18px;margin:8px 0 0;color:var(--soft);font-size:13px}
            .legend i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:6px;vertical-align:-1px}
            table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:14px}
            th,td{text-align:right;padding:5px 8px;border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:500}
            th:first-child,td:first-child{text-align:left}td.bar{width:34%}td.bar div{height:9px;border-radius:5px;background:#3b82f6}
            td.bar div.t{background:#a8a29e;margin-bottom:2px;height:5px}.wide{overflow-x:auto}
            .strip{display:grid;grid-template-columns:repeat(5,1fr);gap:6px}.strip figure{margin:0}.strip img{width:100%;border-radius:6px;display:block}
            .strip b{font-weight:500;color:var(--soft);font-size:13px}.strip figcaption{display:none;color:var(--soft);font-size:13px}
            code{font-size:12px;color:var(--soft);overflow-wrap:anywhere}pre{margin:0;overflow-x:auto}pre code{font-size:13px;color:var(--ink)}
            @media(max-width:760px){.strip{grid-template-columns:1fr 1fr}.strip b{display:none}.strip figcaption{display:block}
            .strip figure:nth-of-type(5n+1){grid-column:1/-1;margin-top:10px}svg[viewBox^="0 0 720"] .tick{font-size:18px}th,td{padding:5px 4px}
            dl{grid-template-columns:1fr!important}dt{margin-top:6px}}
            dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:0;font-size:13px}dt{color:var(--soft)}dd{margin:0;word-break:break-all}
            """;

    /** A frame with its maps: label, teacher, student before, student after. */
    public record StripRow(RgbImage image, List<LabelMap> maps) {}

    private ReportHtml() {}

    public static String of(RunFacts facts, List<StripRow> strip) {
        StringBuilder html = new StringBuilder();
        html.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Reflux: ")
                .append(text(facts.dataset().id()))
                .append("</title><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><style>")
                .append(STYLE)
                .append("</style></head><body><main><h1>From labeled frame to pulled student</h1><p class=\"sub\">")
                .append(text(facts.dataset().id()))
                .append(" · teacher ")
                .append(text(facts.teacherId()))
                .append(" · ")
                .append(facts.offered())
                .append(" frames</p><p class=\"sub\">Reflux ")
                .append(text(facts.run().version()))
                .append(" · ")
                .append(FINISHED.format(facts.run().finished()))
                .append(" · <code>")
                .append(text(facts.run().command()))
                .append("</code></p>");
        cards(html, facts);
        html.append("<section><h2>The same frames, by label, teacher and student</h2>");
        strip(html, facts, strip);
        html.append("</section><section><h2>mIoU over the stream</h2>")
                .append(miou(facts))
                .append("</section><div class=\"two\"><section><h2>Loss terms</h2>")
                .append(losses(facts))
                .append("</section><section><h2>KMM and KEM</h2>")
                .append(weights(facts))
                .append("</section></div><div class=\"two\"><section><h2>IoU of each class on the test frames</h2>");
        classes(html, facts);
        html.append("</section><section><h2>Domains of the test frames</h2>");
        domains(html, facts);
        html.append("<h2 style=\"margin-top:24px\">Frames</h2>");
        frames(html, facts);
        html.append("</section></div><section class=\"wide\"><h2>Published versions</h2>");
        versions(html, facts);
        html.append("</section><section><h2>Next</h2>");
        next(html, facts);
        html.append("</section><section><h2>Settings and machine</h2>");
        settings(html, facts);
        return html.append("</section></main></body></html>").toString();
    }

    private static void cards(StringBuilder html, RunFacts facts) {
        html.append("<div class=\"cards\">");
        card(
                html,
                percent(facts.before().miou()) + " → " + percent(facts.after().miou()),
                "student's test mIoU, untrained → pulled");
        card(html, percent(facts.teacher().miou()), "teacher's test mIoU");
        card(html, String.valueOf(facts.versions().size()), "versions published");
        card(html, number(facts.throughput().framesPerSecond(), 1), "frames a second, end to end");
        card(html, kibibytes(facts.throughput().wireBytesPerFrame()), "a sample on the wire");
        card(html, minutes(facts.throughput().totalSeconds()), "the whole run");
        html.append("</div>");
    }

    private static void card(StringBuilder html, String figure, String words) {
        html.append("<div class=\"card\"><b>")
                .append(figure)
                .append("</b><span>")
                .append(words)
                .append("</span></div>");
    }

    private static void strip(StringBuilder html, RunFacts facts, List<StripRow> rows) {
        Overlay overlay = new Overlay(facts.dataset().schema());
        html.append("<div class=\"wide\"><div class=\"strip\">");
        for (String column : COLUMNS) {
            html.append("<b>").append(column).append("</b>");
        }
        for (int i = 0; i < rows.size(); i++) {
            StripRow row = rows.get(i);
            image(html, i, COLUMNS.get(0), overlay.plain(row.image()));
            for (int column = 1; column < COLUMNS.size(); column++) {
                LabelMap map = row.maps().get(column - 1);
                image(html, i, COLUMNS.get(column), overlay.over(row.image(), map));
            }
        }
        html.append("</div></div><p class=\"legend\">");
        for (LabelClass one : facts.dataset().schema().classes()) {
            html.append(
                    String.format("<span><i style=\"background:#%06x\"></i>%s</span>", one.rgb(), text(one.name())));
        }
        html.append("</p>");
    }

    private static void image(StringBuilder html, int row, String column, String uri) {
        html.append("<figure><img alt=\"test frame ")
                .append(row + 1)
                .append(": ")
                .append(column)
                .append("\" src=\"")
                .append(uri)
                .append("\"><figcaption>")
                .append(column)
                .append("</figcaption></figure>");
    }

    private static void next(StringBuilder html, RunFacts facts) {
        html.append("<pre><code>");
        facts.run().next().forEach(command -> html.append(text(command)).append('\n'));
        html.append("</code></pre>");
    }

    private static String miou(RunFacts facts) {
        double frames = lastFrame(facts);
        List<double[]> test = new ArrayList<>();
        List<double[]> holdout = new ArrayList<>();
        test.add(new double[] {0, 100 * facts.before().miou()});
        for (RunFacts.ScoredVersion scored : facts.versions()) {
            double at = scored.version().lineage().framesTrained();
            test.add(new double[] {at, 100 * scored.test().miou()});
            holdout.add(new double[] {at, 100 * scored.version().metrics().getOrDefault("holdout.miou", Double.NaN)});
        }
        double teacher = 100 * facts.teacher().miou();
        return new LinePlot("frames trained", axisEnd(frames), Math.max(teacher, 10))
                .with(new LinePlot.Series(
                        "prequential (test-then-train)",
                        BLUE,
                        false,
                        course(facts, point -> 100 * point.prequential())))
                .with(new LinePlot.Series("published versions on the test split", ORANGE, true, test))
                .with(new LinePlot.Series("published versions on held-out frames", GREEN, true, holdout))
                .with(new LinePlot.Series(
                        "teacher", "#a8a29e", false, List.of(new double[] {0, teacher}, new double[] {frames, teacher
                        })))
                .html();
    }

    private static String losses(RunFacts facts) {
        double most = facts.course().stream()
                .mapToDouble(point -> Math.max(point.ce(), point.bce()))
                .max()
                .orElse(1);
        return new LinePlot("frames trained", axisEnd(lastFrame(facts)), Math.min(most, 4))
                .narrow()
                .with(new LinePlot.Series("CE", BLUE, false, course(facts, RunFacts.Point::ce)))
                .with(new LinePlot.Series(
                        "KL to the teacher's logits", ORANGE, false, course(facts, point -> orNaN(point.kd()))))
                .with(new LinePlot.Series("HeteroAKD", PURPLE, false, course(facts, point -> orNaN(point.hakd()))))
                .with(new LinePlot.Series("projection head BCE", GREEN, false, course(facts, RunFacts.Point::bce)))
                .html();
    }

    private static String weights(RunFacts facts) {
        return new LinePlot("frames trained", axisEnd(lastFrame(facts)), 1)
                .narrow()
                .with(new LinePlot.Series(
                        "KMM: teacher's share of the hybrid", ORANGE, false, course(facts, RunFacts.Point::share)))
                .with(new LinePlot.Series(
                        "KEM: largest weight of a class map", PURPLE, false, course(facts, RunFacts.Point::weight)))
                .html();
    }

    /** In the warm-up the term is not computed. */
    private static double orNaN(double value) {
        return value == 0 ? Double.NaN : value;
    }

    private static List<double[]> course(RunFacts facts, ToDoubleFunction<RunFacts.Point> value) {
        return facts.course().stream()
                .map(point -> new double[] {point.frames(), value.applyAsDouble(point)})
                .toList();
    }

    /** The last version holds frames that were trained on after the last point of the course. */
    private static long lastFrame(RunFacts facts) {
        long stepped =
                facts.course().stream().mapToLong(RunFacts.Point::frames).max().orElse(1);
        return facts.versions().stream()
                .mapToLong(scored -> scored.version().lineage().framesTrained())
                .reduce(stepped, Math::max);
    }

    /** Returns the end of an axis whose five ticks are whole and round. */
    private static double axisEnd(double most) {
        double tick = Math.ceil(most / X_TICKS);
        double round = tick <= 10 ? 1 : tick <= 50 ? 5 : Math.pow(10, Math.floor(Math.log10(tick)));
        return X_TICKS * round * Math.ceil(tick / round);
    }

    private static void classes(StringBuilder html, RunFacts facts) {
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

    private static void domains(StringBuilder html, RunFacts facts) {
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

    private static void frames(StringBuilder html, RunFacts facts) {
        Map<String, Long> rows = new java.util.LinkedHashMap<>();
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

    private static void versions(StringBuilder html, RunFacts facts) {
        html.append("<table><tr><th>version</th><th>parent</th><th>step</th><th>frames</th><th>held-out mIoU</th>"
                + "<th>test mIoU</th><th>student.pt sha256</th></tr>");
        for (RunFacts.ScoredVersion scored : facts.versions()) {
            var version = scored.version();
            html.append("<tr><td>v")
                    .append(version.version())
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
                    .append("</td><td><code>")
                    .append(version.blob(Artifact.STUDENT).sha256().substring(0, SHOWN_HASH))
                    .append("…</code></td></tr>");
        }
        html.append("</table>");
    }

    private static void settings(StringBuilder html, RunFacts facts) {
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

    private static String percent(double part) {
        return Double.isFinite(part) ? String.format(Locale.ROOT, "%.1f", 100 * part) : "–";
    }

    private static String width(double part) {
        return String.format(Locale.ROOT, "%.1f", Double.isFinite(part) ? 100 * part : 0);
    }

    private static String number(double value, int decimals) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + decimals + "f", value) : "–";
    }

    private static String kibibytes(double bytes) {
        return Double.isFinite(bytes) ? number(bytes / 1024, 0) + " KiB" : "–";
    }

    private static String minutes(double seconds) {
        long whole = Math.round(seconds);
        return whole / 60 + ":" + String.format(Locale.ROOT, "%02d", whole % 60) + " min";
    }

    static String text(String raw) {
        return raw.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
