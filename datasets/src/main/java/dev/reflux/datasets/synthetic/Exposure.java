package dev.reflux.datasets.synthetic;

import dev.reflux.common.image.RgbImage;

/** Applies light, weather and the sensor to a painted scene. Labels do not change. */
final class Exposure {

    private static final float FOG_DISTANCE = 50;
    private static final float HORIZON = 0.46f;

    private final Domain domain;
    private final int frameSeed;

    Exposure(Domain domain, int frameSeed) {
        this.domain = domain;
        this.frameSeed = frameSeed;
    }

    RgbImage expose(Canvas canvas) {
        float[] levels = new float[3 * canvas.width() * canvas.height()];
        for (int y = 0; y < canvas.height(); y++) {
            for (int x = 0; x < canvas.width(); x++) {
                if (canvas.label(y * canvas.width() + x) == Canvas.SKY) {
                    sky(canvas, x, y, levels);
                } else {
                    surface(canvas, x, y, levels);
                }
            }
        }
        streaks(canvas, levels);
        return new RgbImage(canvas.width(), canvas.height(), sensed(levels));
    }

    private void sky(Canvas canvas, int x, int y, float[] levels) {
        float down = Math.min(1f, y / (HORIZON * canvas.height()));
        for (int c = 0; c < 3; c++) {
            levels[3 * (y * canvas.width() + x) + c] =
                    channel(domain.skyTop(), c) * (1 - down) + channel(domain.skyBottom(), c) * down;
        }
    }

    private void surface(Canvas canvas, int x, int y, float[] levels) {
        int i = y * canvas.width() + x;
        float z = canvas.depth(i);
        float lamp = domain.lamps() ? headlights(canvas, x, y, z) : 0;
        float haze = 1 - (float) StrictMath.exp(-z / FOG_DISTANCE * domain.fog() * 1.4f);
        boolean flat = canvas.label(i) == Canvas.ROAD || canvas.label(i) == Canvas.LANE_MARKING;
        float mirror = flat ? domain.wet() * ((Canvas.hash(x / 5, y / 2, 3) & 15) / 20f + 0.2f) : 0;
        float own = domain.lamps() ? canvas.glow(i) : 0;
        for (int c = 0; c < 3; c++) {
            float horizon = channel(domain.skyBottom(), c);
            float level = channel(canvas.color(i), c) * (domain.light().get(c) + lamp);
            level += mirror * (horizon - level);
            level += haze * (horizon - level);
            levels[3 * i + c] = Math.max(level, own * (1 - 0.12f * c));
        }
    }

    /** A cone ahead that falls off with distance and to the sides. */
    private float headlights(Canvas canvas, int x, int y, float z) {
        float aside = (x - canvas.width() / 2f) / (0.42f * canvas.width());
        float above = Math.max(0, HORIZON - (float) y / canvas.height()) * 6;
        float reach = domain.light().get(0) < 0.2f ? 0.85f : 0.15f;
        return reach / (1 + z * z / 260f) / (1 + 2.5f * aside * aside) / (1 + above);
    }

    private void streaks(Canvas canvas, float[] levels) {
        for (int s = 0; s < domain.streaks(); s++) {
            int h = Canvas.hash(s, frameSeed, 77);
            int x = Math.floorMod(h, canvas.width());
            int y = Math.floorMod(h >>> 9, canvas.height());
            int length = 4 + (h >>> 20 & 7);
            for (int d = 0; d < length && y + d < canvas.height(); d++) {
                int at = 3 * ((y + d) * canvas.width() + Math.min(canvas.width() - 1, x + d / 4));
                for (int c = 0; c < 3; c++) {
                    levels[at + c] += 0.4f * (205 - levels[at + c]);
                }
            }
        }
    }

    private byte[] sensed(float[] levels) {
        byte[] rgb = new byte[levels.length];
        for (int i = 0; i < levels.length; i++) {
            int h = Canvas.hash(i, frameSeed, 5);
            // Four bytes' sum: near enough to a normal distribution, of standard deviation 147.8.
            float normal = ((h & 255) + (h >> 8 & 255) + (h >> 16 & 255) + (h >>> 24) - 510) / 147.8f;
            rgb[i] = (byte) Math.max(0, Math.min(255, Math.round(levels[i] + normal * domain.noise())));
        }
        return rgb;
    }

    private static float channel(int rgb, int c) {
        return rgb >> 16 - 8 * c & 255;
    }
}
