package dev.reflux.quickstart.report;

import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import java.util.Base64;

/** A label map over its frame, as a data URI. */
final class Overlay {

    private static final int WIDTH = 300;
    private static final float QUALITY = 0.85f;
    private static final float OPACITY = 0.62f;

    private final LabelSchema schema;
    private final ImageCodec codec = ImageCodec.standard();

    Overlay(LabelSchema schema) {
        this.schema = schema;
    }

    /** The frame itself. */
    String plain(RgbImage image) {
        return uri(shrunk(image));
    }

    String over(RgbImage image, LabelMap map) {
        byte[] rgb = image.rgb().clone();
        for (int i = 0; i < map.ids().length; i++) {
            int id = map.ids()[i] & 0xFF;
            if (id < schema.classCount()) {
                int colour = schema.classOf(id).rgb();
                for (int c = 0; c < 3; c++) {
                    float over = (colour >> 16 - 8 * c & 255) * OPACITY;
                    rgb[3 * i + c] = (byte) (over + (rgb[3 * i + c] & 0xFF) * (1 - OPACITY));
                }
            }
        }
        return uri(shrunk(new RgbImage(image.width(), image.height(), rgb)));
    }

    /** To the strip's width, each pixel the mean of those it stands for. */
    private static RgbImage shrunk(RgbImage image) {
        if (image.width() <= WIDTH) {
            return image;
        }
        int height = Math.max(1, image.height() * WIDTH / image.width());
        byte[] rgb = new byte[3 * WIDTH * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < WIDTH; x++) {
                mean(image, x, y, height, rgb);
            }
        }
        return new RgbImage(WIDTH, height, rgb);
    }

    private static void mean(RgbImage image, int x, int y, int height, byte[] rgb) {
        int left = x * image.width() / WIDTH;
        int right = Math.max(left + 1, (x + 1) * image.width() / WIDTH);
        int top = y * image.height() / height;
        int bottom = Math.max(top + 1, (y + 1) * image.height() / height);
        for (int c = 0; c < 3; c++) {
            int sum = 0;
            for (int row = top; row < bottom; row++) {
                for (int column = left; column < right; column++) {
                    sum += image.rgb()[3 * (row * image.width() + column) + c] & 0xFF;
                }
            }
            rgb[3 * (y * WIDTH + x) + c] = (byte) (sum / ((right - left) * (bottom - top)));
        }
    }

    private String uri(RgbImage image) {
        return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(codec.encodeJpeg(image, QUALITY));
    }
}
