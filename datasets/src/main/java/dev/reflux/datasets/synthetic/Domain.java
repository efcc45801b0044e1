package dev.reflux.datasets.synthetic;

import java.util.List;

/**
 * Light and weather of a scene.
 *
 * @param name name in reports
 * @param weather of its frames
 * @param timeOfDay time of day of its frames
 * @param light factor on every surface, R, G, B
 * @param skyTop color of the zenith, 0xRRGGBB
 * @param skyBottom color at the horizon, 0xRRGGBB
 * @param fog how much of a surface at 50 m is lost to the horizon's color
 * @param wet part of the sky that the road reflects
 * @param streaks rain streaks a frame
 * @param noise standard deviation of the sensor's noise, gray levels
 * @param lamps whether headlights and windows are lit
 */
record Domain(
        String name,
        String weather,
        String timeOfDay,
        List<Float> light,
        int skyTop,
        int skyBottom,
        float fog,
        float wet,
        int streaks,
        float noise,
        boolean lamps) {

    static final Domain DAY =
            new Domain("day", "clear", "day", List.of(1f, 1f, 0.97f), 0x5B8FD6, 0xC3DAF0, 0.08f, 0, 0, 3, false);
    static final Domain RAIN = new Domain(
            "rain", "rain", "day", List.of(0.62f, 0.66f, 0.7f), 0x8A929A, 0xA9B0B6, 0.5f, 0.45f, 240, 5, false);
    static final Domain DUSK =
            new Domain("dusk", "clear", "dusk", List.of(0.5f, 0.38f, 0.36f), 0x2B3358, 0xE08A4A, 0.15f, 0, 0, 7, true);
    static final Domain NIGHT = new Domain(
            "night", "clear", "night", List.of(0.13f, 0.14f, 0.2f), 0x05070F, 0x1A1F30, 0.1f, 0.05f, 0, 10, true);

    /** The stream's order: day returns at the end, which shows what was forgotten. */
    static final List<Domain> STREAM = List.of(DAY, RAIN, DUSK, NIGHT, DAY);

    static final List<Domain> ALL = List.of(DAY, RAIN, DUSK, NIGHT);
}
