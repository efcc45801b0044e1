package dev.reflux.quickstart.report;

import dev.reflux.quickstart.report.ReportHtml.StripRow;
import java.util.List;
import java.util.Map;

/** What taught the student: labels, or the teacher alone. */
final class TaughtSection {

    private static final FrameStrip STRIP =
            new FrameStrip("frame without a label", List.of("frame", "teacher", "student after"));

    private TaughtSection() {}

    /**
     * Appends the section. If every frame had its label, it is one sentence.
     *
     * @param unlabeled frames that never had a label, with the classes of teacher and pulled student
     */
    static void appendTo(StringBuilder html, RunFacts facts, List<StripRow> unlabeled) {
        RunFacts.Labels labels = facts.labels();
        html.append("<p class=\"said\">")
                .append(labels.all() ? "Every frame had its label. " : "")
                .append(facts.taught().sentence())
                .append("</p>");
        if (labels.all()) {
            return;
        }
        html.append("<div class=\"two\"><div>");
        ReportTables.counts(
                html,
                List.of(
                        Map.entry("frames with their label", labels.atOnce()),
                        Map.entry("frames whose label came later", labels.later()),
                        Map.entry("frames without a label", labels.never())));
        html.append("</div><div>").append(ReportPlots.taught(facts)).append("</div></div>");
        if (!unlabeled.isEmpty()) {
            html.append("<p class=\"said\">Frames of the stream that never had a label:</p>");
            STRIP.appendTo(html, facts, unlabeled);
        }
    }
}
