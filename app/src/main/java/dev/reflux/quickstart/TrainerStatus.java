package dev.reflux.quickstart;

import dev.reflux.common.meters.Meter;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The progress of a trainer in another process, as its metrics report it. */
final class TrainerStatus {

    private static final int TIMEOUT_MILLIS = 2000;

    private TrainerStatus() {}

    /** Returns one line; the empty string if the trainer does not answer. */
    static String at(URI metrics) {
        try {
            URLConnection connection = metrics.toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            try (InputStream body = connection.getInputStream()) {
                return line(new String(body.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList());
            }
        } catch (IOException e) {
            return "";
        }
    }

    private static String line(List<String> scraped) {
        String frames = Meter.TRAINER_FRAMES.prometheusName();
        return String.format(
                Locale.ROOT,
                "%.0f trained, %.0f held out, %.0f waiting, %.0f versions, prequential mIoU %.1f",
                value(scraped, frames + "{outcome=\"trained\"}"),
                value(scraped, frames + "{outcome=\"held-out\"}"),
                value(scraped, Meter.TRAINER_LAG.prometheusName()),
                value(scraped, Meter.TRAINER_VERSIONS.prometheusName()),
                100 * value(scraped, Meter.TRAINER_PREQUENTIAL_MIOU.prometheusName()));
    }

    private static double value(List<String> scraped, String series) {
        return scraped.stream()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElse(0);
    }
}
