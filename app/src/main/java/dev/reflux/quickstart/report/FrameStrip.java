package dev.reflux.quickstart.report;

import static dev.reflux.quickstart.report.HtmlText.text;

import dev.reflux.common.label.LabelClass;
import dev.reflux.common.label.LabelMap;
import dev.reflux.quickstart.report.ReportHtml.StripRow;
import java.util.List;
import java.util.Locale;

/** The same frames side by side: alone, and under the classes of their label or of what a model predicts. Immutable. */
final class FrameStrip {

    private final String what;
    private final List<String> columns;

    /**
     * Creates a strip.
     *
     * @param what the frames, such as "test frame"
     * @param columns the names of the columns: the frame alone comes first
     */
    FrameStrip(String what, List<String> columns) {
        this.what = what;
        this.columns = columns;
    }

    /** Appends the frames as rows, with a legend of the classes. */
    void appendTo(StringBuilder html, RunFacts facts, List<StripRow> rows) {
        Overlay overlay = new Overlay(facts.dataset().schema());
        html.append("<div class=\"wide\"><div class=\"strip of-")
                .append(columns.size())
                .append("\">");
        for (String column : columns) {
            html.append("<b>").append(column).append("</b>");
        }
        for (int i = 0; i < rows.size(); i++) {
            StripRow row = rows.get(i);
            image(html, i, columns.get(0), overlay.plain(row.image()));
            for (int column = 1; column < columns.size(); column++) {
                LabelMap map = row.maps().get(column - 1);
                image(html, i, columns.get(column), overlay.over(row.image(), map));
            }
        }
        html.append("</div></div><p class=\"legend\">");
        for (LabelClass one : facts.dataset().schema().classes()) {
            html.append(String.format(
                    Locale.ROOT, "<span><i style=\"background:#%06x\"></i>%s</span>", one.rgb(), text(one.name())));
        }
        html.append("</p>");
    }

    private void image(StringBuilder html, int row, String column, String uri) {
        html.append("<figure><img alt=\"")
                .append(what)
                .append(' ')
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
