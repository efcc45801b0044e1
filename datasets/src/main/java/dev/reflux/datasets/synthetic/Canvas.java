package dev.reflux.datasets.synthetic;

import java.util.Arrays;

/** Color (in white light), class, depth and own light of every pixel of a frame that is being painted. */
final class Canvas {

    static final int SKY = 0;
    static final int BUILDING = 1;
    static final int VEGETATION = 2;
    static final int ROAD = 3;
    static final int LANE_MARKING = 4;
    static final int PAVEMENT = 5;
    static final int POLE_SIGN = 6;
    static final int CAR = 7;
    static final int PERSON = 8;

    private final int width;
    private final int height;
    private final int[] colors;
    private final byte[] labels;
    private final float[] depths;
    private final float[] glows;

    Canvas(int width, int height) {
        this.width = width;
        this.height = height;
        this.colors = new int[width * height];
        this.labels = new byte[width * height];
        this.depths = new float[width * height];
        this.glows = new float[width * height];
        Arrays.fill(depths, Float.POSITIVE_INFINITY);
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    int color(int i) {
        return colors[i];
    }

    int label(int i) {
        return labels[i];
    }

    /** Metres ahead; infinite for the sky. */
    float depth(int i) {
        return depths[i];
    }

    /** Light of lamps and lit windows, gray levels. */
    float glow(int i) {
        return glows[i];
    }

    /** Returns the own array of the canvas. */
    byte[] labels() {
        return labels;
    }

    void set(int x, int y, int rgb, int id, float z) {
        int i = y * width + x;
        colors[i] = rgb;
        labels[i] = (byte) id;
        depths[i] = z;
        glows[i] = 0;
    }

    void light(int x, int y, float level) {
        if (x >= 0 && x < width && y >= 0 && y < height) {
            glows[y * width + x] = level;
        }
    }

    void rectangle(float left, float top, float right, float bottom, int rgb, int id, float z) {
        int x0 = Math.max(0, Math.round(left));
        int x1 = Math.min(width, Math.max(Math.round(right), Math.round(left) + 1));
        int y0 = Math.max(0, Math.round(top));
        int y1 = Math.min(height, Math.max(Math.round(bottom), Math.round(top) + 1));
        for (int y = y0; y < y1; y++) {
            for (int x = x0; x < x1; x++) {
                set(x, y, rgb, id, z);
            }
        }
    }

    /** Paints an ellipse of one color. */
    void ellipse(float cx, float cy, float rx, float ry, int rgb, int id, float z) {
        for (int y = Math.max(0, (int) (cy - ry)); y <= Math.min(height - 1, (int) (cy + ry) + 1); y++) {
            for (int x = Math.max(0, (int) (cx - rx)); x <= Math.min(width - 1, (int) (cx + rx) + 1); x++) {
                float dx = (x - cx) / rx;
                float dy = (y - cy) / ry;
                if (dx * dx + dy * dy < 1) {
                    set(x, y, rgb, id, z);
                }
            }
        }
    }

    /** Paints an ellipse with an edge and a shade like foliage. */
    void crown(float cx, float cy, float rx, float ry, int rgb, int id, float z, int look) {
        for (int y = Math.max(0, (int) (cy - ry)); y <= Math.min(height - 1, (int) (cy + ry) + 1); y++) {
            for (int x = Math.max(0, (int) (cx - rx)); x <= Math.min(width - 1, (int) (cx + rx) + 1); x++) {
                float dx = (x - cx) / rx;
                float dy = (y - cy) / ry;
                int grain = hash((int) (dx * 9) + 31, (int) (dy * 9) + 57, look) & 255;
                if (dx * dx + dy * dy < 0.8f + grain / 640f) {
                    set(x, y, shade(rgb, 0.65f + grain / 365f), id, z);
                }
            }
        }
    }

    static int shade(int rgb, float factor) {
        int r = Math.min(255, (int) ((rgb >> 16) * factor));
        int g = Math.min(255, (int) ((rgb >> 8 & 255) * factor));
        int b = Math.min(255, (int) ((rgb & 255) * factor));
        return r << 16 | g << 8 | b;
    }

    static int hash(int a, int b, int c) {
        int h = a * 0x9E3779B1 ^ b * 0x85EBCA77 ^ c * 0xC2B2AE3D;
        h = (h ^ h >>> 15) * 0x2C1B3C6D;
        h = (h ^ h >>> 12) * 0x297A2D39;
        return h ^ h >>> 15;
    }
}
