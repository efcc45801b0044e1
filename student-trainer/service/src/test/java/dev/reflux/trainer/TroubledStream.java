package dev.reflux.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.evaluation.HoldoutRule;
import dev.reflux.trainer.checkpoint.TrainerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Samples of frames of which some come twice, some are spoilt and some get their label later; and what is expected of each. */
final class TroubledStream {

    private static final int FRAMES = 60;

    private static final int LABELS_LATER = 9;

    final List<byte[]> records = new ArrayList<>();
    final Set<Long> trained = new TreeSet<>();
    final Set<Long> heldOut = new TreeSet<>();
    final Set<Long> labels = new TreeSet<>();
    /** What replay and holdout keep: a late label in the place of its frame. */
    final Set<Long> replayed = new TreeSet<>();

    final Set<Long> scored = new TreeSet<>();
    final List<Long> duplicates = new ArrayList<>();
    final List<String> refused = new ArrayList<>();

    TroubledStream() {
        HoldoutRule rule = new HoldoutRule(0.2);
        for (int i = 0; i < FRAMES; i++) {
            boolean held = rule.holdsOut("camera", Samples.capturedAt(i));
            (held ? heldOut : trained).add((long) records.size());
            (held ? scored : replayed).add((long) records.size());
            if (hasALateLabel(i)) {
                add(Samples.with(i, frame -> frame.clearLabel()));
            } else {
                add(Samples.sound(i));
            }
            if (i >= LABELS_LATER && hasALateLabel(i - LABELS_LATER)) {
                lateLabel(i - LABELS_LATER, rule.holdsOut("camera", Samples.capturedAt(i - LABELS_LATER)));
            }
            if (i % 13 == 5) {
                duplicates.add((long) records.size());
                add(hasALateLabel(i - 3) ? Samples.with(i - 3, frame -> frame.clearLabel()) : Samples.sound(i - 3));
            }
            if (i % 17 == 4) {
                refused.add("WRONG_TEACHER");
                add(Samples.sound(1000 + i).setTeacherId("another"));
            }
            if (i % 29 == 9) {
                refused.add("MALFORMED_MESSAGE");
                records.add(new byte[] {1, 2, 3});
            }
        }
        assertThat(heldOut).as("the rule holds some of these frames out").hasSizeBetween(5, FRAMES / 2);
    }

    private static boolean hasALateLabel(int i) {
        return i % 5 == 1;
    }

    /** The label comes, and some come twice. */
    private void lateLabel(int of, boolean held) {
        for (int place = 0; place < records.size(); place++) {
            if (frameId(place).equals("frame-" + of)) {
                (held ? scored : replayed).remove((long) place);
            }
        }
        (held ? scored : replayed).add((long) records.size());
        labels.add((long) records.size());
        add(Samples.sound(of));
        if (of % 3 == 0) {
            duplicates.add((long) records.size());
            add(Samples.sound(of));
        }
    }

    private String frameId(int place) {
        return MessageCodec.frameIdInSample(records.get(place));
    }

    /** As if the frames' topic had a frame at each even offset only. */
    private void add(DistillationSample.Builder sample) {
        sample.getFrameSourceBuilder()
                .setTopic(Topics.FRAMES_LABELED)
                .setTopicId("id")
                .setPartition(3)
                .setOffset(2L * records.size());
        records.add(Samples.value(sample));
    }

    TrainerState.Counts counts() {
        return new TrainerState.Counts(
                trained.size(), heldOut.size(), duplicates.size(), refused.size(), labels.size());
    }
}
