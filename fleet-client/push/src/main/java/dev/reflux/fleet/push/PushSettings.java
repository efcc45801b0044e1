package dev.reflux.fleet.push;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of a push.
 *
 * @param kafka the brokers
 * @param framesPerSecond the rate over all cameras; 0 for no limit
 * @param windowBytes the largest amount of unacknowledged frames in memory, in bytes
 * @param spool the folder for frames while the brokers do not answer; empty: the pusher waits for the brokers
 * @param spoolBytes the largest size of the spool, in bytes; a full spool makes the pusher wait, no frame is dropped
 * @param deliveryTimeout the time after which the brokers count as away
 */
public record PushSettings(
        KafkaSettings kafka,
        double framesPerSecond,
        long windowBytes,
        Optional<Path> spool,
        long spoolBytes,
        Duration deliveryTimeout) {

    public PushSettings {
        if (!(framesPerSecond >= 0)) {
            throw new UsageException("The rate must be 0 (as fast as possible) or more frames a second.");
        }
        if (windowBytes < 1 || spoolBytes < 1 || deliveryTimeout.toMillis() < 1) {
            throw new UsageException("Window, spool and delivery timeout of a push must be above 0.");
        }
    }

    /** Returns settings without a limit of the rate, with 32 MiB in memory and no spool. */
    public static PushSettings to(KafkaSettings kafka) {
        return new PushSettings(kafka, 0, 32L << 20, Optional.empty(), 1L << 30, Duration.ofSeconds(10));
    }

    /** Returns a copy with a rate in frames per second; 0 for no limit. */
    public PushSettings withRate(double framesPerSecond) {
        return new PushSettings(kafka, framesPerSecond, windowBytes, spool, spoolBytes, deliveryTimeout);
    }

    /** Returns a copy with a spool. */
    public PushSettings withSpool(Path folder, long bytes) {
        return new PushSettings(kafka, framesPerSecond, windowBytes, Optional.of(folder), bytes, deliveryTimeout);
    }

    /** Returns a copy with a time after which the brokers count as away. */
    public PushSettings withDeliveryTimeout(Duration timeout) {
        return new PushSettings(kafka, framesPerSecond, windowBytes, spool, spoolBytes, timeout);
    }
}
