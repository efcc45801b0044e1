package dev.reflux.fleet.push;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How frames are pushed.
 *
 * @param kafka the brokers
 * @param framesPerSecond over all cameras; 0: as fast as the brokers take them
 * @param windowBytes frames on their way to the brokers, in memory, at most
 * @param spool where frames wait on disk while the brokers are away; empty: nowhere, then the pusher waits for them
 * @param spoolBytes what may wait there; a full spool makes the pusher wait, nothing is thrown away
 * @param deliveryTimeout after which the brokers count as away
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

    /** As fast as the brokers take frames, 32 MiB in memory, no spool. */
    public static PushSettings to(KafkaSettings kafka) {
        return new PushSettings(kafka, 0, 32L << 20, Optional.empty(), 1L << 30, Duration.ofSeconds(10));
    }

    public PushSettings withRate(double framesPerSecond) {
        return new PushSettings(kafka, framesPerSecond, windowBytes, spool, spoolBytes, deliveryTimeout);
    }

    public PushSettings withSpool(Path folder, long bytes) {
        return new PushSettings(kafka, framesPerSecond, windowBytes, Optional.of(folder), bytes, deliveryTimeout);
    }

    public PushSettings withDeliveryTimeout(Duration timeout) {
        return new PushSettings(kafka, framesPerSecond, windowBytes, spool, spoolBytes, timeout);
    }
}
