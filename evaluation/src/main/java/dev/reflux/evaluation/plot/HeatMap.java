package dev.reflux.evaluation.plot;

import java.util.List;
import java.util.Locale;

/**
 * A matrix of values in 0 to 1 as SVG. Darker cells have larger values; each cell shows its number.
 *
 * @param title text above the matrix
 * @param rows names of the rows, top down
 * @param columns names of the columns, left to right
 * @param values values by row and column; NaN stays white
 */
public record HeatMap(String title, List<String> rows, List<String> columns, double[][] values) {

    private static final int CELL_WIDTH = 110;
    private static final int CELL_HEIGHT = 56;
    private static final int LEFT = 190;
    private static final int TOP = 56;

    /** Returns a whole SVG file. */
    public String file() {
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/><text x=\"8\" y=\"20\">%s</text>",
                LEFT + CELL_WIDTH * columns.size() + 8,
                TOP + CELL_HEIGHT * rows.size() + 8,
                escaped(title)));
        for (int column = 0; column < columns.size(); column++) {
            text(svg, LEFT + CELL_WIDTH * column + CELL_WIDTH / 2, TOP - 8, "middle", "#57534e", columns.get(column));
        }
        for (int row = 0; row < rows.size(); row++) {
            text(svg, LEFT - 8, middle(row), "end", "#57534e", rows.get(row));
            for (int column = 0; column < columns.size(); column++) {
                cell(svg, row, column);
            }
        }
        return svg.append("</svg>\n").toString();
    }

    private void cell(StringBuilder svg, int row, int column) {
        double value = values[row][column];
        double shade = Double.isNaN(value) ? 0 : Math.max(0, Math.min(1, value));
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#1d4ed8\" fill-opacity=\"%.3f\"/>",
                LEFT + CELL_WIDTH * column,
                TOP + CELL_HEIGHT * row,
                CELL_WIDTH - 2,
                CELL_HEIGHT - 2,
                shade));
        text(
                svg,
                LEFT + CELL_WIDTH * column + CELL_WIDTH / 2,
                middle(row),
                "middle",
                shade > 0.5 ? "#fff" : "#1c1917",
                Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3f", value));
    }

    private static int middle(int row) {
        return TOP + CELL_HEIGHT * row + CELL_HEIGHT / 2 + 4;
    }

    private static void text(StringBuilder svg, int x, int y, String anchor, String colour, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>",
                x,
                y,
                anchor,
                colour,
                escaped(text)));
    }

    private static String escaped(String raw) {
        return raw.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
