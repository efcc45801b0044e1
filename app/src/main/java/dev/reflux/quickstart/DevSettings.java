package dev.reflux.quickstart;

import dev.reflux.common.failure.UsageException;
import java.nio.file.Path;

/**
 * The whole path as separate processes.
 *
 * @param path what is streamed, by whom it is taught and who learns
 * @param launcher the program that starts one service, such as {@code ./reflux}
 * @param teachers to begin with
 * @param cameras that each see every frame; a camera stays with one teacher at a time
 * @param rate frames a second over all cameras; 0: as fast as the broker takes them
 * @param kafkaPort 0: a free one
 * @param storePort 0: a free one
 * @param registryPort 0: a free one
 */
public record DevSettings(
        QuickstartSettings path,
        Path launcher,
        int teachers,
        int cameras,
        double rate,
        int kafkaPort,
        int storePort,
        int registryPort) {

    /** The most teachers that can share the frames: partitions of the topic. */
    public static final int MOST_TEACHERS = 8;

    public DevSettings {
        if (teachers < 1 || teachers > MOST_TEACHERS) {
            throw new UsageException("There can be 1 to " + MOST_TEACHERS + " teachers; give such a number.");
        }
        if (cameras < 1 || rate < 0) {
            throw new UsageException("--cameras must be 1 or more and --rate 0 or more; correct them.");
        }
        for (int port : new int[] {kafkaPort, storePort, registryPort}) {
            if (port < 0 || port > 65535) {
                throw new UsageException("Port " + port + " does not exist; give 1 to 65535, or 0 for a free one.");
            }
        }
    }
}
