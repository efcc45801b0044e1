package dev.reflux.evaluation.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A line plot as SVG: series over a common axis that starts at 0, and a legend. The ends of both axes are rounded up.
 *
 * <p>One thread builds and draws a plot.
 */
public final class LinePlot {

    private static final int WIDTH = 720;
    private static final int NARROW = 480;
    private static final int HEIGHT = 260;
    private static final int LEFT = 46;
    private static final int RIGHT = 12;
    private static final int TOP = 12;
    private static final int BOTTOM = 34;
    private static final int LEGEND_COLUMNS = 3;
    private static final int LEGEND_LINE = 18;
    private static final String STYLE = "<style>.grid{stroke:#e7e5e4}.tick{font-size:11px;fill:#57534e}</style>"
            + "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>";

    /** A named line; points whose y is NaN are left out. */
    public record Series(String name, String colour, boolean dots, List<double[]> points) {}

    private final String xLabel;
    private final double xMax;
    private final double yMax;
    private final List<Series> series = new ArrayList<>();
    private int width = WIDTH;

    /**
     * Creates an empty plot.
     *
     * @param xLabel unit of the x-axis
     * @param xMax largest x that is drawn
     * @param yMax largest y that is drawn; larger values are drawn at the edge
     */
    public LinePlot(String xLabel, double xMax, double yMax) {
        this.xLabel = xLabel;
        this.xMax = Math.max(1e-9, xMax);
        this.yMax = niceAbove(yMax);
    }

    /** Returns the plot for half a page's width, with text of the same size. */
    public LinePlot narrow() {
        width = NARROW;
        return this;
    }

    public LinePlot with(Series one) {
        series.add(one);
        return this;
    }

    /** Returns drawing and legend for a page whose style sheet has {@code .grid}, {@code .tick} and {@code .legend}. */
    public String html() {
        return String.format(Locale.ROOT, "<svg viewBox=\"0 0 %d %d\" role=\"img\">", width, HEIGHT) + drawing()
                + "</svg>" + legend();
    }

    /** Returns a whole SVG file with its style and the legend below the drawing. */
    public String file() {
        int lines = (series.size() + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS;
        int height = HEIGHT + LEGEND_LINE * lines + 6;
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\">",
                        width,
                        height)
                + STYLE + drawing() + drawnLegend() + "</svg>\n";
    }

    private String drawing() {
        StringBuilder svg = new StringBuilder();
        for (int i = 0; i <= 4; i++) {
            double value = yMax * i / 4;
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    LEFT,
                    width - RIGHT,
                    y(value),
                    y(value),
                    LEFT - 6,
                    y(value) + 4,
                    tick(value)));
        }
        for (int i = 0; i <= 5; i++) {
            double value = xMax * i / 5;
            svg.append(String.format(
                    Locale.ROOT,
                    "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f</text>",
                    x(value),
                    HEIGHT - BOTTOM + 16,
                    value));
        }
        svg.append(String.format(
                Locale.ROOT,
                "<text class=\"tick\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
                width - RIGHT,
                HEIGHT - 4,
                escaped(xLabel)));
        series.forEach(one -> draw(svg, one));
        return svg.toString();
    }

    private void draw(StringBuilder svg, Series one) {
        StringBuilder path = new StringBuilder();
        for (double[] point : one.points()) {
            if (!Double.isFinite(point[1])) {
                continue;
            }
            double x = x(point[0]);
            double y = y(Math.min(yMax, point[1]));
            path.append(path.length() == 0 ? 'M' : 'L').append(String.format(Locale.ROOT, "%.1f %.1f", x, y));
            if (one.dots()) {
                svg.append(String.format(
                        Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>", x, y, one.colour()));
            }
        }
        svg.append("<path fill=\"none\" stroke-width=\"2\" stroke-linejoin=\"round\" stroke=\"")
                .append(one.colour())
                .append(one.dots() ? "\" stroke-dasharray=\"3 4" : "")
                .append("\" d=\"")
                .append(path)
                .append("\"/>");
    }

    private String legend() {
        StringBuilder legend = new StringBuilder("<p class=\"legend\">");
        series.forEach(one -> legend.append("<span><i style=\"background:")
                .append(one.colour())
                .append("\"></i>")
                .append(escaped(one.name()))
                .append("</span>"));
        return legend.append("</p>").toString();
    }

    private String drawnLegend() {
        StringBuilder legend = new StringBuilder();
        for (int i = 0; i < series.size(); i++) {
            int x = LEFT + i % LEGEND_COLUMNS * ((width - LEFT) / LEGEND_COLUMNS);
            int y = HEIGHT + LEGEND_LINE * (i / LEGEND_COLUMNS) + 12;
            legend.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>",
                    x,
                    y - 9,
                    series.get(i).colour()));
            legend.append(String.format(
                    Locale.ROOT,
                    "<text class=\"tick\" x=\"%d\" y=\"%d\">%s</text>",
                    x + 15,
                    y,
                    escaped(series.get(i).name())));
        }
        return legend.toString();
    }

    private static String escaped(String raw) {
        return raw.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private double x(double value) {
        return LEFT + value / xMax * (width - LEFT - RIGHT);
    }

    private double y(double value) {
        return TOP + (1 - value / yMax) * (HEIGHT - TOP - BOTTOM);
    }

    private String tick(double value) {
        return String.format(Locale.ROOT, yMax >= 8 ? "%.0f" : yMax >= 0.8 ? "%.1f" : "%.3f", value);
    }

    private static double niceAbove(double value) {
        if (!(value > 0) || !Double.isFinite(value)) {
            return 1;
        }
        double unit = Math.pow(10, Math.floor(Math.log10(value)));
        for (double step : new double[] {1, 2, 4, 6, 8, 10}) {
            if (value <= step * unit) {
                return step * unit;
            }
        }
        return 10 * unit;
    }
}
