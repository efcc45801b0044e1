package dev.reflux.lab.learning;

import dev.reflux.trainer.ingest.TrainingSample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What is streamed and what is scored.
 *
 * @param legs in the stream's order; at least one
 * @param tests frames that are scored after each leg
 */
record StreamPlan(List<Leg> legs, List<TestFrame> tests) {

    /**
     * A stretch of the stream from one sequence.
     *
     * @param name the sequence
     * @param domain light and weather
     * @param frames in order
     */
    record Leg(String name, String domain, List<TrainingSample> frames) {}

    StreamPlan {
        legs = List.copyOf(legs);
        tests = List.copyOf(tests);
    }

    int frames() {
        return legs.stream().mapToInt(leg -> leg.frames().size()).sum();
    }

    /** All frames of the stream, in order. */
    List<TrainingSample> all() {
        List<TrainingSample> all = new ArrayList<>();
        legs.forEach(leg -> all.addAll(leg.frames()));
        return all;
    }

    /** The same stream, each frame changed; the test stays. */
    StreamPlan seenAs(UnaryOperator<TrainingSample> change) {
        return new StreamPlan(
                legs.stream()
                        .map(leg -> new Leg(
                                leg.name(),
                                leg.domain(),
                                leg.frames().stream().map(change).toList()))
                        .toList(),
                tests);
    }

    /** Windows of a leg: what is left at its end is a window of its own. */
    int windows(int newFrames) {
        return legs.stream()
                .mapToInt(leg -> (leg.frames().size() + newFrames - 1) / newFrames)
                .sum();
    }
}
