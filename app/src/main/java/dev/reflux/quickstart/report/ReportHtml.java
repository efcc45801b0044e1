package dev.reflux.quickstart.report;

import static dev.reflux.quickstart.report.HtmlText.kibibytes;
import static dev.reflux.quickstart.report.HtmlText.minutes;
import static dev.reflux.quickstart.report.HtmlText.number;
import static dev.reflux.quickstart.report.HtmlText.percent;
import static dev.reflux.quickstart.report.HtmlText.text;

import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The report as one HTML file that refers to no other, in light and in dark. */
public final class ReportHtml {

    private static final DateTimeFormatter FINISHED =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** A frame with the maps of a strip's further columns. */
    public record StripRow(RgbImage image, List<LabelMap> maps) {}

    private static final FrameStrip STRIP =
            new FrameStrip("test frame", List.of("frame", "label", "teacher", "student before", "student after"));

    private ReportHtml() {}

    /**
     * Returns the HTML of the report.
     *
     * @param strip test frames with label, teacher, student before and student after
     * @param unlabeled frames of the stream that never had a label, with teacher and student after
     */
    public static String of(RunFacts facts, List<StripRow> strip, List<StripRow> unlabeled) {
        StringBuilder html = new StringBuilder();
        html.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Reflux: ")
                .append(text(facts.dataset().id()))
                .append("</title><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><style>")
                .append(style())
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
        STRIP.appendTo(html, facts, strip);
        html.append("</section><section><h2>What taught</h2>");
        TaughtSection.appendTo(html, facts, unlabeled);
        html.append("</section><section><h2>mIoU over the stream</h2>")
                .append(ReportPlots.miou(facts))
                .append("</section><div class=\"two\"><section><h2>Loss terms</h2>")
                .append(ReportPlots.losses(facts))
                .append("</section><section><h2>KMM and KEM</h2>")
                .append(ReportPlots.weights(facts))
                .append("</section></div><div class=\"two\"><section><h2>IoU of each class on the test frames</h2>");
        ReportTables.classes(html, facts);
        html.append("</section><section><h2>Domains of the test frames</h2>");
        ReportTables.domains(html, facts);
        html.append("<h2 style=\"margin-top:24px\">Frames</h2>");
        ReportTables.frames(html, facts);
        html.append("</section></div><section class=\"wide\"><h2>Published versions</h2>");
        facts.olderThanNewest()
                .ifPresent(sentence ->
                        html.append("<p class=\"said\">").append(text(sentence)).append("</p>"));
        ReportTables.versions(html, facts);
        html.append("</section><section><h2>Next</h2>");
        next(html, facts);
        html.append("</section><section><h2>Settings and machine</h2>");
        ReportTables.settings(html, facts);
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

    private static void next(StringBuilder html, RunFacts facts) {
        html.append("<pre><code>");
        facts.run().next().forEach(command -> html.append(text(command)).append('\n'));
        html.append("</code></pre>");
    }

    private static String style() {
        try (InputStream in = Objects.requireNonNull(ReportHtml.class.getResourceAsStream("report.css"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
