package dev.reflux.lab.weights;

import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import java.util.Base64;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;

/**
 * Pictures of some frames as one SVG: the frame, its label, the answers of teacher and student, S_t of the label's class, and
 * the parts of KEM's weight, of L_hakd's and of L_kd's gradient. Every map shows the cells of the projected logits' grid. Black is
 * nothing, and white is the largest value of the map; S_t is white at 1.
 */
final class WeightPictures {

    private static final String[] TITLES = {
        "frame",
        "label",
        "teacher",
        "student",
        "S_t of the label's class",
        "KEM's W",
        "gradient of L_hakd",
        "gradient of L_kd"
    };
    private static final int WIDTH = 176;
    private static final int GAP = 4;
    private static final int TOP = 22;
    /** Pixels of a cell, so that JPEG keeps its edges. */
    private static final int ENLARGED = 8;

    private static final float QUALITY = 0.85f;
    private static final int IGNORED = 0x404040;

    private final LabelSchema schema;
    private final ImageCodec codec = ImageCodec.standard();
    private final StringBuilder images = new StringBuilder();
    private int bottom = TOP;

    WeightPictures(LabelSchema schema) {
        this.schema = schema;
    }

    /** Adds a row for a frame. */
    void add(RgbImage image, CellKind.Cells cells, CellTerms terms) {
        int height = WIDTH * image.height() / image.width();
        LabelMap labels = cells.labels();
        place(0, height, image);
        place(1, height, colored(labels));
        place(2, height, colored(cells.teacher()));
        place(3, height, colored(cells.student()));
        place(4, height, gray(labels, terms::share, 1));
        place(5, height, gray(labels, terms::weight, largest(labels, terms::weight)));
        place(6, height, gray(labels, terms::hakd, largest(labels, terms::hakd)));
        place(7, height, gray(labels, terms::kd, largest(labels, terms::kd)));
        bottom += height + GAP;
    }

    private void place(int column, int height, RgbImage image) {
        images.append(String.format(
                Locale.ROOT,
                "<image x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" preserveAspectRatio=\"none\""
                        + " style=\"image-rendering:pixelated\" href=\"data:image/jpeg;base64,%s\"/>",
                column * (WIDTH + GAP),
                bottom,
                WIDTH,
                height,
                Base64.getEncoder().encodeToString(codec.encodeJpeg(image, QUALITY))));
    }

    private RgbImage colored(LabelMap map) {
        return painted(map, cell -> {
            int id = map.ids()[cell] & 0xFF;
            return id < schema.classCount() ? schema.classOf(id).rgb() : IGNORED;
        });
    }

    private static RgbImage gray(LabelMap grid, IntToDoubleFunction value, double white) {
        return painted(grid, cell -> {
            int level = white == 0 ? 0 : (int) Math.round(255 * Math.min(1, value.applyAsDouble(cell) / white));
            return level << 16 | level << 8 | level;
        });
    }

    private static double largest(LabelMap grid, IntToDoubleFunction value) {
        double largest = 0;
        for (int cell = 0; cell < grid.ids().length; cell++) {
            largest = Math.max(largest, value.applyAsDouble(cell));
        }
        return largest;
    }

    private static RgbImage painted(LabelMap grid, IntUnaryOperator color) {
        byte[] rgb = new byte[3 * ENLARGED * ENLARGED * grid.ids().length];
        int width = ENLARGED * grid.width();
        for (int i = 0; i < rgb.length / 3; i++) {
            int cell = i / width / ENLARGED * grid.width() + i % width / ENLARGED;
            for (int c = 0; c < 3; c++) {
                rgb[3 * i + c] = (byte) (color.applyAsInt(cell) >> 16 - 8 * c);
            }
        }
        return new RgbImage(width, ENLARGED * grid.height(), rgb);
    }

    /** Returns a whole SVG file. */
    String file() {
        StringBuilder titles = new StringBuilder();
        for (int column = 0; column < TITLES.length; column++) {
            titles.append(String.format(
                    Locale.ROOT, "<text x=\"%d\" y=\"15\">%s</text>", column * (WIDTH + GAP), TITLES[column]));
        }
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                                + " font-size=\"13\"><rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>",
                        TITLES.length * (WIDTH + GAP),
                        bottom)
                + titles + images + "</svg>\n";
    }
}
