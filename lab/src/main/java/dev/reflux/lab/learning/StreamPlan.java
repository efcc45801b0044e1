package dev.reflux.lab.learning;

import dev.reflux.common.label.LabelMap;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The stream and the scored frames.
 *
 * @param legs the legs in the order of the stream; at least one
 * @param tests the frames that are scored after each leg
 */
record StreamPlan(List<Leg> legs, List<TestFrame> tests) {

    /**
     * A consecutive part of the stream from one sequence.
     *
     * @param name the name of the sequence
     * @param domain light and weather
     * @param frames the samples in order
     */
    record Leg(String name, String domain, List<TrainingSample> frames) {}

    StreamPlan {
        legs = List.copyOf(legs);
        tests = List.copyOf(tests);
    }

    int frames() {
        return legs.stream().mapToInt(leg -> leg.frames().size()).sum();
    }

    /** Returns all samples of the stream in order. */
    List<TrainingSample> all() {
        List<TrainingSample> all = new ArrayList<>();
        legs.forEach(leg -> all.addAll(leg.frames()));
        return all;
    }

    /** Returns the same stream with each sample mapped; the test is unchanged. */
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

    /**
     * Returns the same stream of which only some frames have their label.
     *
     * @param every the first frame and every so many after it have their label; 0: none has; 1: all have
     */
    StreamPlan labeledEvery(int every) {
        int[] place = {0};
        return every == 1
                ? this
                : seenAs(sample -> every > 0 && place[0]++ % every == 0 ? sample : sample.withLabel(LabelMap.none()));
    }

    /** Returns the stream of the frames that have a label. */
    StreamPlan labeledOnly() {
        return new StreamPlan(
                legs.stream()
                        .map(leg -> new Leg(
                                leg.name(),
                                leg.domain(),
                                leg.frames().stream()
                                        .filter(TrainingSample::isLabeled)
                                        .toList()))
                        .toList(),
                tests);
    }

    /** Returns the windows of a leg; the last one may be shorter. */
    int windows(int newFrames) {
        return legs.stream()
                .mapToInt(leg -> (leg.frames().size() + newFrames - 1) / newFrames)
                .sum();
    }
}
