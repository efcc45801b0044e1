package dev.reflux.quickstart.report;

import static dev.reflux.quickstart.report.HtmlText.text;

import dev.reflux.common.label.LabelClass;
import dev.reflux.common.label.LabelMap;
import dev.reflux.quickstart.report.ReportHtml.StripRow;
import java.util.List;
import java.util.Locale;

/** The same frames side by side: alone, under their label, and under what each model predicts. */
final class FrameStrip {

    private static final List<String> COLUMNS = List.of("frame", "label", "teacher", "student before", "student after");

    private FrameStrip() {}

    /** Appends the frames as rows, with a legend of the classes. */
    static void appendTo(StringBuilder html, RunFacts facts, List<StripRow> rows) {
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
            html.append(String.format(
                    Locale.ROOT, "<span><i style=\"background:#%06x\"></i>%s</span>", one.rgb(), text(one.name())));
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
}
