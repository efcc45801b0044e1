package dev.reflux.lab.poison;

import dev.reflux.lab.learning.LearningSettings;
import dev.reflux.lab.learning.Protocol;
import java.util.List;

/**
 * The settings of the benchmark.
 *
 * @param learning the stream, the models and the method
 * @param poisons the poisons; the clean stream always comes first
 * @param cameras the number of cameras whose frames are streamed
 * @param seeds the number of students of each kind
 * @param from the part of the stream that is clean, [0, 1)
 * @param points the number of times that a student is scored
 */
public record PoisonSettings(
        LearningSettings learning, List<Poison> poisons, int cameras, int seeds, double from, int points) {

    public PoisonSettings {
        poisons = List.copyOf(poisons);
    }

    /** Returns the samples of the first cameras. */
    List<Protocol.Shot> streamed(List<Protocol.Shot> all) {
        List<String> first = all.stream()
                .map(shot -> shot.sample().cameraId())
                .distinct()
                .limit(cameras)
                .toList();
        return all.stream()
                .filter(shot -> first.contains(shot.sample().cameraId()))
                .toList();
    }
}
