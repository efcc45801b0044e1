package dev.reflux.quickstart;

import dev.reflux.common.failure.UsageException;
import java.nio.file.Path;

/**
 * The settings of {@code dev up}.
 *
 * @param path the data set, the teacher and the student
 * @param launcher the program that starts a service, such as {@code ./reflux}
 * @param teachers the number of teachers at the start
 * @param cameras the number of cameras, each of which sends every frame
 * @param rate frames per second of all cameras together; 0 sends as fast as the broker accepts
 * @param kafkaPort the port of the broker; 0 takes a free one
 * @param storePort the port of the store; 0 takes a free one
 * @param registryPort the port of the registry; 0 takes a free one
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

    /** The greatest number of teachers: the number of partitions of the topic of frames. */
    public static final int MOST_TEACHERS = 8;

    public DevSettings {
        if (teachers < 1 || teachers > MOST_TEACHERS) {
            throw new UsageException("The number of teachers is " + teachers + "; give 1 to " + MOST_TEACHERS + ".");
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
