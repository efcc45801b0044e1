package dev.reflux.lab.learning;

import dev.reflux.common.failure.UsageException;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** A rule that makes a stream and a test of a data set. */
public enum Protocol {

    /** {@code train} once, in order; scored on {@code test}. On CamVid: day, day, dusk. */
    STREAM {
        @Override
        StreamPlan plan(List<Shot> train, Supplier<List<TestFrame>> test) {
            return new StreamPlan(legs(train), test.get());
        }
    },

    /** The same, but the longest leg is cut in two and its second half comes last, so that a place returns. */
    CYCLIC {
        @Override
        StreamPlan plan(List<Shot> train, Supplier<List<TestFrame>> test) {
            List<StreamPlan.Leg> legs = new ArrayList<>(legs(train));
            StreamPlan.Leg longest = legs.stream()
                    .reduce((a, b) -> b.frames().size() > a.frames().size() ? b : a)
                    .orElseThrow();
            List<TrainingSample> frames = longest.frames();
            int half = frames.size() / 2;
            legs.set(
                    legs.indexOf(longest),
                    new StreamPlan.Leg(longest.name(), longest.domain(), frames.subList(0, half)));
            legs.add(new StreamPlan.Leg(
                    longest.name() + " again", longest.domain(), frames.subList(half, frames.size())));
            return new StreamPlan(legs, test.get());
        }
    },

    /**
     * For choices: of every {@value #BLOCK} frames of {@code train} in order the last {@value #HELD_OUT} are scored and
     * not streamed, and {@value #GUARD} on either side of them are neither, because neighbours are alike. {@code test} is
     * not read.
     */
    VALIDATION {
        @Override
        StreamPlan plan(List<Shot> train, Supplier<List<TestFrame>> test) {
            List<Shot> streamed = new ArrayList<>();
            List<TestFrame> heldOut = new ArrayList<>();
            for (int i = 0; i < train.size(); i++) {
                int place = i % BLOCK;
                boolean guard = place < GUARD || place >= BLOCK - HELD_OUT - GUARD;
                if (place >= BLOCK - HELD_OUT) {
                    heldOut.add(TestFrame.of(train.get(i)));
                } else if (!guard || i < GUARD) {
                    streamed.add(train.get(i));
                }
            }
            return new StreamPlan(legs(streamed), heldOut);
        }
    };

    private static final int BLOCK = 30;
    private static final int HELD_OUT = 6;
    private static final int GUARD = 2;

    /**
     * A sample with its sequence and domain.
     *
     * @param sequence the name of the drive
     * @param domain light and weather
     * @param sample the trainer's sample
     * @param bytes the length of the sample's message
     */
    public record Shot(String sequence, String domain, TrainingSample sample, int bytes) {}

    /** @param test reads the test split; called only if the protocol needs it */
    abstract StreamPlan plan(List<Shot> train, Supplier<List<TestFrame>> test);

    /** Returns the name on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws UsageException if the name is unknown */
    public static Protocol of(String word) {
        return Arrays.stream(values())
                .filter(protocol -> protocol.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new UsageException(
                        "\"" + word + "\" is no protocol; there are stream, cyclic and validation."));
    }

    /** Cuts the stream into legs: a leg is a consecutive part of one sequence. */
    private static List<StreamPlan.Leg> legs(List<Shot> train) {
        List<StreamPlan.Leg> legs = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= train.size(); i++) {
            if (i == train.size()
                    || !train.get(i).sequence().equals(train.get(from).sequence())) {
                List<TrainingSample> frames =
                        train.subList(from, i).stream().map(Shot::sample).toList();
                legs.add(new StreamPlan.Leg(
                        train.get(from).sequence(), train.get(from).domain(), frames));
                from = i;
            }
        }
        return legs;
    }
}
